/* How the fleet fills up: the time at which each share of it has entered service, as the median run and the band
   that holds 90 % of the runs. */
rollcast.charts.fan = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function share(k, data) { return 100 * (k + 1) / data.ready_points; }

  /* One polygon a strategy; a share that the slowest runs never reach runs on to the right edge. */
  function band(s, data, scale, theme) {
    var tint = base.color(theme, s), many = data.strategies.length > 5;
    var alpha = (theme.dark ? 0.24 : 0.16) * (many ? 0.45 : 1);
    return {
      type: 'custom', name: base.key(s), silent: true, clip: true, z: 1, tooltip: {show: false}, data: [[0, 0]],
      itemStyle: {color: tint},
      renderItem: function (params, api) {
        var left = [], right = [];
        s.fan.low.forEach(function (low, k) {
          if (low === null) return;
          var high = s.fan.high[k];
          left.push(api.coord([scale.to(low), share(k, data)]));
          right.unshift(api.coord([high === null ? scale.max : scale.to(high), share(k, data)]));
        });
        return {
          type: 'polygon', shape: {points: left.concat(right)},
          style: {fill: base.faded(tint, alpha), stroke: null}
        };
      }
    };
  }

  function median(s, data, scale, theme) {
    var points = [];
    s.fan.middle.forEach(function (time, k) {
      if (time !== null) points.push([scale.to(time), share(k, data)]);
    });
    return base.curve(theme, s, points);
  }

  function range(data) {
    var low = Infinity, high = 0, open = false;
    data.strategies.forEach(function (s) {
      s.fan.low.forEach(function (value, k) {
        if (value !== null && value > 0) low = Math.min(low, value);
        [value, s.fan.middle[k], s.fan.high[k]].forEach(function (time) {
          if (time === null) open = true; else high = Math.max(high, time);
        });
      });
    });
    if (open) high = Math.max(high, data.horizon);
    return low < Infinity ? [low, Math.max(low, high)] : [1, data.horizon];
  }

  /* The y axis is hovered: at each share, when it is in service. */
  function hover(data, theme) {
    return function (items) {
      if (!items.length) return '';
      var k = Math.round(items[0].axisValue / 100 * data.ready_points) - 1;
      var rows = data.strategies.map(function (s) {
        var open = 'not within ' + format.duration(data.horizon);
        var words = function (v) { return v === null ? open : format.duration(v); };
        return {
          mark: base.swatch(theme, s), name: s.name, value: words(s.fan.middle[k]),
          note: s.fan.middle[k] === null ? '' : words(s.fan.low[k]) + ' – ' + words(s.fan.high[k])
        };
      });
      return base.tip(format.percent((k + 1) / data.ready_points) + ' of the fleet in service after', rows);
    };
  }

  function option(data, theme) {
    var legend = base.strategyLegend(data, theme);
    var grid = {left: 52, right: 22, top: legend.height + 12, bottom: 44};
    var ends = range(data), width = base.plotWidth(theme, grid);
    var scale = rollcast.scale.time(ends[0], ends[1], width);
    var shares = rollcast.scale.linear(0, 100, theme.height - grid.top - grid.bottom,
      function (v) { return v + ' %'; }, {gap: 30});
    var series = [];
    data.strategies.forEach(function (s) {
      series.push(median(s, data, scale, theme), band(s, data, scale, theme));
    });
    var pointer = {show: true, snap: true, label: {show: false}, lineStyle: {color: theme.faint, type: [3, 3]}};
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: series,
      xAxis: base.axis(scale, theme, {name: 'time from the start' + (scale.log ? ' (log)' : ''), nameGap: 28}),
      yAxis: base.axis(shares, theme, {name: 'share of the fleet in service', nameGap: 40, axisPointer: pointer}),
      tooltip: base.tooltip(theme, {
        trigger: 'axis', axisPointer: {type: 'line', axis: 'y'}, formatter: hover(data, theme)
      })
    });
  }

  function height(data, theme) { return 350 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
