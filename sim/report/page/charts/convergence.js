/* Whether the number of runs is enough: how the interval of the mean cost narrows as runs are added. */
rollcast.charts.convergence = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function used(data) { return data.strategies.filter(function (s) { return s.convergence; }); }

  function hover(strategies, data, theme) {
    return function (items) {
      if (!items.length) return '';
      var runs = Math.pow(10, items[0].axisValue), near = 0;
      var rows = strategies.map(function (s) {
        var c = s.convergence, best = 0;
        c.runs.forEach(function (n, i) {
          if (Math.abs(Math.log(n / runs)) < Math.abs(Math.log(c.runs[best] / runs))) best = i;
        });
        near = c.runs[best];
        return {mark: base.swatch(theme, s), name: s.name, value: '±' + format.percent(c.half[best])};
      });
      return base.tip('mean cost after ' + format.number(near) + ' runs known to', rows);
    };
  }

  function option(data, theme) {
    var legend = base.strategyLegend(data, theme), strategies = used(data);
    var grid = {left: 58, right: 22, top: legend.height + 12, bottom: 44};
    var low = Infinity, high = 0, most = 10;
    strategies.forEach(function (s) {
      s.convergence.half.forEach(function (h) { low = Math.min(low, h); high = Math.max(high, h); });
      most = Math.max(most, s.convergence.runs[s.convergence.runs.length - 1]);
    });
    if (!strategies.length) { low = 0.01; high = 1; }
    var xs = rollcast.scale.log(10, most, base.plotWidth(theme, grid), format.number);
    var ys = rollcast.scale.log(low, high, theme.height - grid.top - grid.bottom, format.percent, {gap: 26});
    return base.frame(theme, {
      legend: legend.option, grid: grid,
      xAxis: base.axis(xs, theme, {name: 'runs of each strategy (log)', nameGap: 28}),
      yAxis: base.axis(ys, theme, {name: 'half-width of the 95 % interval (log)', nameGap: 44}),
      series: strategies.map(function (s) {
        return base.curve(theme, s, s.convergence.runs.map(function (n, i) {
          return [xs.to(n), ys.to(s.convergence.half[i])];
        }));
      }),
      tooltip: base.tooltip(theme, {
        trigger: 'axis', axisPointer: {type: 'line'}, formatter: hover(strategies, data, theme)
      })
    });
  }

  function height(data, theme) { return 300 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
