/* How likely it is that so many instances are hit at once: from level to level, on a logarithmic axis. */
rollcast.charts.rare = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function chance(value) {
    if (value >= 1e-4 || value <= 0) return format.percent(value);
    var text = value.toExponential(1).split('e');
    return text[0] + 'e' + Number(text[1]);
  }

  function rows(data, figure) {
    return data.strategies.filter(function (s) { return figure.curves[s.index] && figure.curves[s.index].length; });
  }

  function option(data, theme, figure) {
    var legend = base.strategyLegend(data, theme), shown = rows(data, figure), low = 1, high = 1;
    var grid = {left: 66, right: 26, top: legend.height + 12, bottom: 46};
    shown.forEach(function (s) {
      figure.curves[s.index].forEach(function (p) {
        low = Math.min(low, p[1]);
        high = Math.max(high, p[0]);
      });
    });
    var x = rollcast.scale.linear(0, high, base.plotWidth(theme, grid), function (v) { return format.number(v); }, {whole: true});
    var y = rollcast.scale.shares(low / 3, theme.height - grid.top - grid.bottom);
    y.label = function (at) { return chance(y.from(at)); };
    var series = shown.map(function (s) {
      var curve = base.curve(theme, s, figure.curves[s.index].map(function (p) { return [p[0], y.to(p[1])]; }));
      curve.showSymbol = true;
      curve.symbolSize = 6;
      return curve;
    });
    var limits = figure.allowed ? [base.horizontalLimit(y.to(figure.allowed), 'allowed: ' + chance(figure.allowed), theme)] : [];
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: series.concat(limits.length ? [base.limitSeries(limits, theme)] : []),
      xAxis: base.axis(x, theme, {name: base.fit(figure.label, theme.width - 120, 11), nameGap: 28}),
      yAxis: base.axis(y, theme, {name: 'chance to get there (log)', nameGap: 52}),
      tooltip: base.tooltip(theme, {
        trigger: 'item',
        formatter: function (item) {
          var s = shown.filter(function (one) { return base.key(one) === item.seriesName; })[0];
          if (!s) return '';
          return base.tip('at least ' + format.number(item.value[0]),
                          [{mark: base.swatch(theme, s), name: s.name, value: chance(y.from(item.value[1]))}]);
        }
      })
    });
  }

  function height(data, theme) { return 340 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
