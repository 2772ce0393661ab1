/* Measurements as steps, and the distribution functions that were fitted to them. */
rollcast.charts.fit = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function steps(figure, x, theme) {
    return {
      type: 'line', name: '', step: 'end', showSymbol: false, silent: true, z: 2,
      data: [[x.to(figure.steps[0][0]), 0]].concat(figure.steps.map(function (p) { return [x.to(p[0]), p[1]]; })),
      lineStyle: {color: theme.ink, width: 1.5}, itemStyle: {color: theme.ink}
    };
  }

  function option(data, theme, figure) {
    var legend = base.strategyLegend(data, theme);
    var grid = {left: 52, right: 22, top: legend.height + 12, bottom: 46};
    var first = figure.steps[0][0], last = figure.steps[figure.steps.length - 1][0];
    var number = function (value) { return format.number(value); };
    var x = rollcast.scale.log(first, last, base.plotWidth(theme, grid), number);
    var y = rollcast.scale.linear(0, 1, theme.height - grid.top - grid.bottom, format.percent, {gap: 30});
    var series = data.strategies.map(function (s) {
      return base.curve(theme, s, figure.curves[s.index].map(function (p) { return [x.to(p[0]), p[1]]; }));
    });
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: [steps(figure, x, theme)].concat(series),
      xAxis: base.axis(x, theme, {name: base.fit(figure.label, 300, 11) + ' (log)', nameGap: 28}),
      yAxis: base.axis(y, theme, {name: 'share at most so large', nameGap: 40}),
      tooltip: base.tooltip(theme, {
        trigger: 'axis', axisPointer: {type: 'line'},
        formatter: function (items) {
          var rows = items.filter(function (item) { return item.seriesName; }).map(function (item) {
            var s = data.strategies.filter(function (one) { return base.key(one) === item.seriesName; })[0];
            return {mark: base.swatch(theme, s), name: s.name, value: format.percent(item.value[1])};
          });
          return items.length ? base.tip(number(x.from(items[0].axisValue)), rows) : '';
        }
      })
    });
  }

  function height(data, theme) { return 340 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
