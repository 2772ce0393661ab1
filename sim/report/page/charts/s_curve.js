/* The chance that the whole fleet is ready by a given time. */
rollcast.charts['s-curve'] = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;
  var MARKS = ['p50', 'p90', 'p99'];

  /* From the first run of any shown strategy that is ready to the last, with every deadline in view. */
  function range(data) {
    var low = Infinity, high = 0;
    data.strategies.forEach(function (s) {
      s.ready.curve.forEach(function (p, i) {
        if (p > 0.001 && data.times[i] < low) low = data.times[i];
        if (p > 0 && p < 0.9995 * s.ready.reached && data.times[i] > high) high = data.times[i];
      });
      if (s.ready.max !== null) high = Math.max(high, s.ready.reached < 1 ? data.horizon : s.ready.max);
      else if (s.ready.reached > 0) high = Math.max(high, data.horizon);
    });
    data.objectives.forEach(function (o) {
      if (o.kind !== 'ready') return;
      low = Math.min(low, o.deadline);
      high = Math.max(high, o.deadline);
    });
    return low < Infinity ? [low, Math.max(high, low)] : [1, data.horizon];
  }

  /* Without the stretches along 0 % before the first run and along 100 % after the last, where all curves would lie
     on each other. */
  function curve(strategy, data, scale, theme) {
    var points = [], shares = strategy.ready.curve;
    data.times.forEach(function (time, i) {
      var before = i > 0 ? shares[i - 1] : 0, after = i + 1 < shares.length ? shares[i + 1] : shares[i];
      if (before >= 1 || (shares[i] <= 0 && after <= 0)) return;
      var at = scale.to(time);
      if (at > scale.min && at <= scale.max) points.push([at, shares[i] * 100]);
    });
    var last = points.length ? points[points.length - 1][1] : 0;
    if (last > 0 && last < 100) points.push([scale.max, last]);
    return base.curve(theme, strategy, points, {step: data.runs <= 200 ? 'end' : false});
  }

  function marks(strategy, data, scale, theme) {
    var points = [];
    MARKS.forEach(function (name) {
      var value = strategy.ready[name];
      if (value !== null && data.runs > 1) points.push([scale.to(value), Number(name.slice(1))]);
    });
    return {
      type: 'scatter', name: base.key(strategy), data: points, symbol: base.marker(theme, strategy), symbolSize: 8,
      silent: true, z: 4, tooltip: {show: false}, itemStyle: {color: base.color(theme, strategy)},
      blur: {itemStyle: {opacity: 0.15}}
    };
  }

  function noteOf(strategy, time) {
    var note = '';
    MARKS.forEach(function (name) {
      var value = strategy.ready[name];
      if (value !== null && Math.abs(value / time - 1) < 1e-4) {
        note = name.toUpperCase() + (strategy.ready[name + '_range'] ? ' ' + strategy.ready[name + '_range'] : '');
      }
    });
    return note;
  }

  /* All times that can be hovered, whichever curves run there. */
  function ruler(data, scale) {
    var points = [];
    data.times.forEach(function (time) {
      var at = scale.to(time);
      if (at >= scale.min && at <= scale.max) points.push([at, 0]);
    });
    return {
      type: 'line', name: '', data: points, showSymbol: false, symbol: 'none', z: 0, lineStyle: {opacity: 0},
      emphasis: {disabled: true}
    };
  }

  function shareWords(share) {
    return share >= 1 ? 'all runs' : (share <= 0 ? 'no run' : format.percent(share));
  }

  function hover(data, scale, theme) {
    return function (items) {
      if (!items.length) return '';
      var time = scale.from(items[0].axisValue), at = 0;
      while (at + 1 < data.times.length && data.times[at] < time * (1 - 1e-9)) at += 1;
      var rows = data.strategies.map(function (s) {
        return {
          mark: base.swatch(theme, s), name: s.name, share: s.ready.curve[at],
          value: shareWords(s.ready.curve[at]), note: noteOf(s, time)
        };
      });
      rows.sort(function (a, b) { return b.share - a.share; });
      return base.tip('ready within ' + format.duration(time), rows);
    };
  }

  function option(data, theme) {
    var legend = base.strategyLegend(data, theme);
    var deadlines = data.objectives.filter(function (o) { return o.kind === 'ready'; });
    var grid = {left: 52, right: 22, top: legend.height + 15 + 15 * deadlines.length, bottom: 44};
    var ends = range(data), width = base.plotWidth(theme, grid);
    var scale = rollcast.scale.time(ends[0], ends[1], width);
    var shares = rollcast.scale.linear(0, 100, theme.height - grid.top - grid.bottom,
      function (v) { return v + ' %'; }, {gap: 30});
    var series = [];
    data.strategies.forEach(function (s) {
      series.push(curve(s, data, scale, theme), marks(s, data, scale, theme));
    });
    series.push(ruler(data, scale));
    series.push(base.limitSeries(deadlines.map(function (o, level) {
      var words = base.fit(o.name, width * 0.5, 11) + ': ' + format.duration(o.deadline);
      return base.verticalLimit(scale.to(o.deadline), words, level, theme, scale, width);
    }), theme));
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: series,
      xAxis: base.axis(scale, theme, {
        name: 'time from the start until the whole fleet is ready' + (scale.log ? ' (log)' : ''), nameGap: 28
      }),
      yAxis: base.axis(shares, theme, {name: 'share of runs', nameGap: 40}),
      tooltip: base.tooltip(theme, {trigger: 'axis', formatter: hover(data, scale, theme)})
    });
  }

  function height(data, theme) { return 350 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
