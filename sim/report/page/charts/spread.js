/* Rows with the spread of a duration: a smoothed histogram above a box with whiskers, one row a strategy. Used for the
   time until the fleet is ready and, where the scenario has incidents, for recovery time and lost data. */
(function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;
  var ROW = 54;

  function shape(api, points) {
    return points.map(function (p) { return api.coord(p); });
  }

  /* A row as graphic elements; what lies beyond the horizon ends in an arrow at the right edge. */
  function drawRow(data, theme, pick, scale) {
    return function (params, api) {
      var s = data.strategies[params.dataIndex], d = pick(s), row = params.dataIndex;
      var tint = base.color(theme, s), children = [];
      var right = api.coord([scale.max, row])[0];
      var center = api.coord([scale.min, row])[1] + 12;
      function x(value) {
        if (value === null) return right;
        return api.coord([Math.max(scale.min, scale.to(value)), row])[0];
      }
      if (d.density && d.density.heights.length) {
        var n = d.density.heights.length, from = scale.to(d.density.from), to = scale.to(d.density.to);
        var hull = [[api.coord([from, row])[0], center - 9]];
        d.density.heights.forEach(function (h, i) {
          var at = scale.log ? from + (to - from) * (i + 0.5) / n
            : scale.to(d.density.from * Math.pow(d.density.to / d.density.from, (i + 0.5) / n));
          hull.push([api.coord([at, row])[0], center - 9 - 26 * h]);
        });
        hull.push([api.coord([to, row])[0], center - 9]);
        children.push({
          type: 'polygon', shape: {points: hull, smooth: 0.2},
          style: {fill: base.faded(tint, theme.dark ? 0.45 : 0.3), stroke: tint, lineWidth: 1}
        });
      }
      if (d.p5 === null) {
        children.push({
          type: 'text', x: right - 4, y: center,
          style: {
            text: d.p5_text, fill: theme.muted, font: '11px ' + base.FONT, textAlign: 'right', textVerticalAlign: 'middle'
          }
        });
      }
      if (d.p5 !== null) {
        children.push(line(x(d.p5), center, x(d.p95), center, tint, 1.5, d.p95 === null));
      }
      if (d.p25 !== null) {
        var left = x(d.p25), width = Math.max(2, x(d.p75) - left);
        children.push({
          type: 'rect', shape: {x: left, y: center - 5, width: width, height: 10, r: d.p75 === null ? 0 : 1.5},
          style: {fill: tint, opacity: 0.9}
        });
      }
      if (d.p50 !== null) {
        children.push(line(x(d.p50), center - 7, x(d.p50), center + 7, theme.ink, 2.4));
      }
      if (d.p99 !== null) {
        children.push({
          type: 'circle', shape: {cx: x(d.p99), cy: center, r: 3},
          style: {fill: theme.page, stroke: tint, lineWidth: 1.6}
        });
      }
      return {type: 'group', children: children};
    };
  }

  function line(x1, y1, x2, y2, tint, width, open) {
    var stroke = {
      type: 'line', shape: {x1: x1, y1: y1, x2: x2, y2: y2}, style: {stroke: tint, lineWidth: width, fill: null}
    };
    if (!open) return stroke;
    return {
      type: 'group', children: [stroke, {
        type: 'polygon', shape: {points: [[x2 - 7, y2 - 4.5], [x2, y2], [x2 - 7, y2 + 4.5]]}, style: {fill: tint}
      }]
    };
  }

  function hover(data, pick, theme, title) {
    return function (item) {
      var s = data.strategies[item.dataIndex], d = pick(s);
      var rows = ['p5', 'p25', 'p50', 'p75', 'p90', 'p95', 'p99'].map(function (name) {
        return {name: name.toUpperCase(), value: d[name + '_text'], note: d[name + '_range'] || ''};
      });
      rows.push({name: 'mean', value: d.mean_text, note: d.mean_range || ''});
      return base.tip(s.name + ': ' + title, rows);
    };
  }

  function range(data, pick) {
    var low = Infinity, high = 0, open = false;
    data.strategies.forEach(function (s) {
      var d = pick(s);
      ['p5', 'p25', 'p50', 'p75', 'p95', 'p99'].forEach(function (name) {
        if (d[name] === null) { open = true; return; }
        if (d[name] > 0) low = Math.min(low, d[name]);
        high = Math.max(high, d[name]);
      });
      if (d.density && d.density.heights.length) {
        low = Math.min(low, Math.max(d.density.from, (d.p5 || 0) / 8));
        high = Math.max(high, d.p99 === null ? d.density.to : Math.min(d.density.to, 4 * d.p99));
      }
    });
    if (open) high = Math.max(high, data.horizon);
    return low < Infinity ? [low, Math.max(low, high)] : [1, data.horizon];
  }

  /* `pick` yields the quantiles in seconds; `deadlines` says whether the deadlines belong into the chart. */
  function chart(pick, axisName, title, deadlines) {
    function used(data) {
      var copy = {};
      for (var name in data) copy[name] = data[name];
      copy.strategies = data.strategies.filter(function (s) { return pick(s); });
      return copy;
    }
    function limitsOf(data) {
      return deadlines ? data.objectives.filter(function (o) { return o.kind === 'ready'; }) : [];
    }
    function height(all) {
      var data = used(all);
      return 14 + 15 * limitsOf(data).length + ROW * data.strategies.length + 46;
    }
    function option(all, theme) {
      var data = used(all), names = data.strategies.map(function (s) { return s.name; });
      var limits = limitsOf(data), room = base.rowRoom(names, theme);
      var grid = {left: room, right: 22, top: 13 + 15 * limits.length, bottom: 46};
      var ends = range(data, pick), width = base.plotWidth(theme, grid);
      limits.forEach(function (o) {
        ends = [Math.min(ends[0], o.deadline), Math.max(ends[1], o.deadline)];
      });
      var scale = rollcast.scale.time(ends[0], ends[1], width);
      return base.frame(theme, {
        grid: grid,
        xAxis: base.axis(scale, theme, {name: axisName + (scale.log ? ' (log)' : ''), nameGap: 28}),
        yAxis: base.rowAxis(names, theme, room),
        tooltip: base.tooltip(theme, {trigger: 'item', formatter: hover(data, pick, theme, title)}),
        series: [{
          type: 'custom', name: 'spread', clip: true, renderItem: drawRow(data, theme, pick, scale),
          data: data.strategies.map(function (s, row) { return [scale.min, row]; }), encode: {x: 0, y: 1}
        }, base.limitSeries(limits.map(function (o, level) {
          var words = base.fit(o.name, width * 0.5, 11) + ': ' + format.duration(o.deadline);
          return base.verticalLimit(scale.to(o.deadline), words, level, theme, scale, width, true);
        }), theme)]
      });
    }
    return {height: height, option: option};
  }

  rollcast.charts.spread = chart(function (s) { return s.ready; },
    'time from the start until the whole fleet is ready', 'ready after', true);
  rollcast.charts['recovery-time'] = chart(function (s) { return s.recovery && s.recovery.time; },
    'time from the onset of an incident until the instance serves again', 'recovered after', false);
  rollcast.charts['data-loss'] = chart(function (s) { return s.recovery && s.recovery.loss; },
    'age of the restored state', 'data lost', false);
})();
