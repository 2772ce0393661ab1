/* An estimate along one axis of a sweep: a line a strategy with the band of its 95 % intervals; where two change places
   stands a mark with its interval. Points of spread designs are marks with whiskers. */
rollcast.charts.sweep_lines = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function words(unit) {
    if (unit === 'time') return format.duration;
    if (unit === 'money') return format.shortMoney;
    if (unit === 'share') return format.percent;
    return function (value) { return format.number(value); };
  }

  function shown(data, figure) {
    var known = {};
    data.strategies.forEach(function (s) { known[s.index] = s; });
    return figure.series.filter(function (one) { return known[one.strategy]; })
      .map(function (one) { return {strategy: known[one.strategy], points: one.points}; });
  }

  function ends(lists) {
    var low = Infinity, high = -Infinity;
    lists.forEach(function (value) {
      if (value === null || !isFinite(value)) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
    return low <= high ? [low, high] : [0, 1];
  }

  function xScale(figure, width) {
    var x = figure.x, range = ends(x.values);
    if (x.labels) {
      var scale = {log: false, min: -0.5, max: x.labels.length - 0.5};
      scale.to = scale.from = function (value) { return value; };
      scale.ticks = x.values;
      scale.label = function (at) { return base.fit(x.labels[Math.round(at)] || '', width / x.labels.length - 6, 11); };
      return scale;
    }
    if (x.unit === 'time') return rollcast.scale.time(range[0], range[1], width);
    return x.log ? rollcast.scale.log(range[0], range[1], width, words(x.unit))
      : rollcast.scale.linear(range[0], range[1], width, words(x.unit), {whole: x.whole});
  }

  function yScale(figure, rows, height) {
    var all = [];
    rows.forEach(function (row) {
      row.points.forEach(function (p) { all.push(p[1], p[2], p[3]); });
    });
    var range = ends(all);
    if (figure.y.unit === 'time') return rollcast.scale.time(range[0], range[1], height, 26);
    var pad = 0.05 * (range[1] - range[0]), low = range[0] < 0.4 * range[1] && range[0] >= 0 ? 0 : range[0] - pad;
    var high = figure.y.unit === 'share' ? Math.min(1, range[1] + pad) : range[1] + pad;
    return rollcast.scale.linear(low, Math.max(high, low + 1e-9), height, words(figure.y.unit), {gap: 30});
  }

  function band(row, x, y, theme) {
    var tint = base.color(theme, row.strategy);
    return {
      type: 'custom', name: base.key(row.strategy), silent: true, clip: true, z: 1, tooltip: {show: false},
      data: [[0, 0]], itemStyle: {color: tint},
      renderItem: function (params, api) {
        var upper = [], lower = [];
        row.points.forEach(function (p) {
          if (p[2] === null) return;
          upper.push(api.coord([x.to(p[0]), p[3] === null ? y.max : y.to(p[3])]));
          lower.unshift(api.coord([x.to(p[0]), y.to(p[2])]));
        });
        return {
          type: 'polygon', shape: {points: upper.concat(lower)},
          style: {fill: base.faded(tint, theme.dark ? 0.28 : 0.18), stroke: null}
        };
      }
    };
  }

  function whiskers(row, x, y, theme) {
    var tint = base.color(theme, row.strategy);
    return {
      type: 'custom', name: base.key(row.strategy), silent: true, clip: true, z: 1, tooltip: {show: false},
      itemStyle: {color: tint}, data: row.points.map(function (p) { return [x.to(p[0]), 0]; }),
      renderItem: function (params, api) {
        var p = row.points[params.dataIndex];
        if (p[2] === null) return null;
        var low = api.coord([x.to(p[0]), y.to(p[2])]);
        var high = api.coord([x.to(p[0]), p[3] === null ? y.max : y.to(p[3])]);
        return {
          type: 'line', shape: {x1: low[0], y1: low[1], x2: high[0], y2: high[1]},
          style: {stroke: base.faded(tint, 0.6), lineWidth: 1}
        };
      }
    };
  }

  function evens(figure, data, x, theme) {
    var known = {};
    data.strategies.forEach(function (s) { known[s.index] = true; });
    var limits = figure.evens.filter(function (e) { return known[e.left] && known[e.right]; });
    var series = base.limitSeries(limits.map(function (even) {
      return {xAxis: x.to(even.at), label: {show: false}};
    }), theme);
    series.markArea = {
      silent: true, itemStyle: {color: base.faded(theme.limit, 0.1)},
      data: limits.map(function (even) {
        return [{xAxis: even.low === null ? x.min : x.to(even.low)}, {xAxis: even.high === null ? x.max : x.to(even.high)}];
      })
    };
    return series;
  }

  function hover(figure, rows, theme) {
    var say = words(figure.y.unit), where = words(figure.x.unit);
    return function (items) {
      if (!items.length) return '';
      var at = items[0].dataIndex, title = null;
      var lines = rows.filter(function (row) { return row.points[at]; }).map(function (row) {
        var p = row.points[at];
        title = figure.x.labels ? figure.x.labels[p[0]] : where(p[0]);
        return {
          mark: base.swatch(theme, row.strategy), name: row.strategy.name, value: p[1] === null ? 'not reached' : say(p[1]),
          note: p[2] === null ? '' : say(p[2]) + ' – ' + (p[3] === null ? '…' : say(p[3]))
        };
      });
      return base.tip(figure.x.label + ': ' + title, lines);
    };
  }

  function option(data, theme, figure) {
    var legend = base.strategyLegend(data, theme);
    var grid = {left: 62, right: 22, top: legend.height + 12, bottom: 48};
    var rows = shown(data, figure);
    var x = xScale(figure, base.plotWidth(theme, grid));
    var y = yScale(figure, rows, theme.height - grid.top - grid.bottom);
    var series = [evens(figure, data, x, theme)];
    rows.forEach(function (row) {
      var points = row.points.map(function (p) { return [x.to(p[0]), p[1] === null ? null : y.to(p[1])]; });
      var extra = {showSymbol: true, symbolSize: figure.joined ? 5 : 7, connectNulls: false};
      var curve = base.curve(theme, row.strategy, points, extra);
      if (!figure.joined) curve.lineStyle = {width: 0, color: base.color(theme, row.strategy)};
      series.push(curve, figure.joined ? band(row, x, y, theme) : whiskers(row, x, y, theme));
    });
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: series,
      xAxis: base.axis(x, theme, {name: base.fit(figure.x.label, theme.width - 90, 11) + (x.log ? ' (log)' : ''), nameGap: 28}),
      yAxis: base.axis(y, theme, {name: base.fit(figure.y.label + (y.log ? ' (log)' : ''), 260, 11), nameGap: 48}),
      tooltip: base.tooltip(theme, {trigger: 'axis', axisPointer: {type: 'line'}, formatter: hover(figure, rows, theme)})
    });
  }

  function height(data, theme) { return 340 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option, words: words};
})();
