/* How often each count was seen, as bars, and what the fitted distributions expect, as marks. */
rollcast.charts.count_fit = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function bars(figure, theme) {
    return {
      type: 'bar', name: '', silent: true, barCategoryGap: '12%', z: 1, tooltip: {show: true},
      itemStyle: {color: theme.line, borderColor: theme.axis, borderWidth: 1},
      data: figure.cells.map(function (cell) { return cell.measured; })
    };
  }

  function marks(figure, theme, strategy) {
    return base.curve(theme, strategy, figure.cells.map(function (cell) { return cell.fitted[strategy.index]; }),
                      {showSymbol: true, symbolSize: 7});
  }

  function categories(figure, theme) {
    return {
      type: 'category', data: figure.cells.map(function (cell) { return cell.label; }),
      name: base.fit(figure.label, 300, 11), nameLocation: 'middle', nameGap: 28,
      nameTextStyle: {color: theme.muted, fontSize: 11, fontFamily: base.FONT},
      axisLine: {show: true, onZero: false, lineStyle: {color: theme.axis}}, axisTick: {show: false},
      axisLabel: {color: theme.muted, fontSize: 11, fontFamily: base.FONT, hideOverlap: true},
      splitLine: {show: false}
    };
  }

  function option(data, theme, figure) {
    var legend = base.strategyLegend(data, theme), most = 0;
    var grid = {left: 52, right: 22, top: legend.height + 12, bottom: 46};
    figure.cells.forEach(function (cell) {
      most = Math.max.apply(null, [most, cell.measured].concat(data.strategies.map(function (s) {
        return cell.fitted[s.index];
      })));
    });
    var y = rollcast.scale.linear(0, most, theme.height - grid.top - grid.bottom, format.percent, {gap: 30});
    return base.frame(theme, {
      legend: legend.option, grid: grid,
      series: [bars(figure, theme)].concat(data.strategies.map(function (s) { return marks(figure, theme, s); })),
      xAxis: categories(figure, theme),
      yAxis: base.axis(y, theme, {name: 'share of the counts', nameGap: 40}),
      tooltip: base.tooltip(theme, {
        trigger: 'axis', axisPointer: {type: 'shadow'},
        formatter: function (items) {
          if (!items.length) return '';
          var cell = figure.cells[items[0].dataIndex];
          var rows = [{name: 'measured', value: format.percent(cell.measured)}];
          data.strategies.forEach(function (s) {
            rows.push({mark: base.swatch(theme, s), name: s.name, value: format.percent(cell.fitted[s.index])});
          });
          return base.tip(cell.label, rows);
        }
      })
    });
  }

  function height(data, theme) { return 340 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
