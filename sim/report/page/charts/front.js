/* Plans by two of cost, time and risk: filled where surely on the front, hollow where possibly, faint where beaten;
   a ring around the plan that was found. */
rollcast.charts.front = (function () {
  'use strict';
  var base = rollcast.base;

  function words(unit) { return rollcast.charts.sweep_lines.words(unit); }

  function shown(data, figure) {
    var known = {};
    data.strategies.forEach(function (s) { known[s.index] = s; });
    return figure.points.filter(function (p) { return known[p.strategy]; }).map(function (p) {
      return {strategy: known[p.strategy], x: p.x, y: p.y, point: p};
    });
  }

  function range(rows, which) {
    var low = Infinity, high = -Infinity;
    rows.forEach(function (row) {
      low = Math.min(low, row[which][0]);
      high = Math.max(high, row[which][0]);
    });
    return low <= high ? [low, high] : [0, 1];
  }

  function scale(figure, rows, which, pixels) {
    var ends = range(rows, which), unit = figure[which].unit, gap = which === 'x' ? 56 : 30;
    if (unit === 'time') return rollcast.scale.time(ends[0], ends[1], pixels, gap - 4);
    var pad = 0.06 * (ends[1] - ends[0]) || 0.05 * Math.abs(ends[1]) || 0.01;
    if (unit === 'share') {
      return rollcast.scale.linear(Math.max(-pad, ends[0] - pad), ends[1] + pad, pixels, words(unit), {gap: gap});
    }
    var log = ends[0] > 0 && ends[1] / ends[0] > 6;
    return log ? rollcast.scale.log(ends[0] / 1.2, ends[1] * 1.2, pixels, words(unit))
      : rollcast.scale.linear(ends[0] - pad, ends[1] + pad, pixels, words(unit), {gap: gap});
  }

  function look(row, theme) {
    var tint = base.color(theme, row.strategy), front = row.point.front;
    if (front === 'surely') return {color: tint, borderColor: tint, borderWidth: 1.5};
    if (front === 'possibly') return {color: theme.page, borderColor: tint, borderWidth: 1.8};
    return {color: base.faded(tint, 0.3), borderWidth: 0};
  }

  function series(strategy, rows, x, y, theme) {
    var own = rows.filter(function (row) { return row.strategy === strategy; });
    return {
      type: 'scatter', name: base.key(strategy), z: 3, symbol: base.marker(theme, strategy),
      itemStyle: {color: base.color(theme, strategy)},
      data: own.map(function (row) {
        return {
          value: [x.to(row.x[0]), y.to(row.y[0])], itemStyle: look(row, theme), row: row,
          symbolSize: row.point.front === 'no' ? 7 : 10
        };
      }),
      emphasis: {itemStyle: {color: 'inherit'}}
    };
  }

  function ring(rows, x, y, theme) {
    return {
      type: 'scatter', name: '', silent: true, z: 4, symbol: 'circle', symbolSize: 21, tooltip: {show: false},
      itemStyle: {color: 'transparent', borderColor: theme.ink, borderWidth: 1.6},
      data: rows.filter(function (row) { return row.point.best; }).map(function (row) {
        return [x.to(row.x[0]), y.to(row.y[0])];
      })
    };
  }

  function between(values, say) {
    return values[1] === null ? '' : say(values[1]) + ' – ' + (values[2] === null ? '…' : say(values[2]));
  }

  function hover(figure, theme) {
    var sayX = words(figure.x.unit), sayY = words(figure.y.unit);
    return function (item) {
      var row = item.data && item.data.row;
      if (!row) return '';
      return base.tip(row.point.name, [
        {mark: base.swatch(theme, row.strategy), name: figure.x.label, value: sayX(row.x[0]), note: between(row.x, sayX)},
        {name: figure.y.label, value: sayY(row.y[0]), note: between(row.y, sayY)},
        {name: row.point.fate, value: 'front: ' + row.point.front}
      ]);
    };
  }

  function option(data, theme, figure) {
    var legend = base.strategyLegend(data, theme);
    var grid = {left: 62, right: 22, top: legend.height + 14, bottom: 48};
    var rows = shown(data, figure);
    var x = scale(figure, rows, 'x', base.plotWidth(theme, grid));
    var y = scale(figure, rows, 'y', theme.height - grid.top - grid.bottom);
    var all = data.strategies.map(function (s) { return series(s, rows, x, y, theme); });
    all.push(ring(rows, x, y, theme));
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: all,
      xAxis: base.axis(x, theme, {name: base.fit(figure.x.label, theme.width - 90, 11) + (x.log ? ' (log)' : ''), nameGap: 28}),
      yAxis: base.axis(y, theme, {name: base.fit(figure.y.label, 260, 11) + (y.log ? ' (log)' : ''), nameGap: 48}),
      tooltip: base.tooltip(theme, {trigger: 'item', formatter: hover(figure, theme)})
    });
  }

  function height(data, theme) { return 340 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
