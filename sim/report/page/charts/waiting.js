/* Why it was slow: what an instance, or the whole roll-out, waited for, a row a cause, a mark a strategy. */
rollcast.charts.waiting = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function causes(data) {
    return data.waiting_causes.filter(function (cause) {
      return data.strategies.some(function (s) { return s.waiting[cause.name] > 0; });
    });
  }

  function rowHeight(data) { return Math.max(34, 10 * data.strategies.length + 12); }

  function marks(s, order, data, rows, scale, theme) {
    var points = [], spread = Math.min(10, (rowHeight(data) - 12) / Math.max(1, data.strategies.length));
    rows.forEach(function (cause, row) {
      if (s.waiting[cause.name] > 0) points.push([scale.to(s.waiting[cause.name]), row]);
    });
    return {
      type: 'scatter', name: base.key(s), data: points, symbol: base.marker(theme, s), symbolSize: 9,
      symbolOffset: [0, (order - (data.strategies.length - 1) / 2) * spread],
      itemStyle: {color: base.color(theme, s)}, emphasis: {focus: 'series', itemStyle: {color: 'inherit'}},
      blur: {itemStyle: {opacity: 0.15}}
    };
  }

  function hover(data, rows, theme) {
    return function (items) {
      if (!items.length) return '';
      var cause = rows[items[0].axisValue === undefined ? items[0].dataIndex : indexOf(rows, items[0].axisValue)];
      if (!cause) return '';
      return base.tip(cause.label + ', mean', data.strategies.map(function (s) {
        var value = s.waiting[cause.name];
        return {
          mark: base.swatch(theme, s), name: s.name, value: value > 0 ? format.duration(value) : 'none',
          note: value > 0 ? s.waiting[cause.name + '_range'] : ''
        };
      }));
    };
  }

  function indexOf(rows, label) {
    for (var i = 0; i < rows.length; ++i) if (rows[i].label === label) return i;
    return -1;
  }

  function range(data, rows) {
    var low = Infinity, high = 0;
    rows.forEach(function (cause) {
      data.strategies.forEach(function (s) {
        var value = s.waiting[cause.name];
        if (value > 0) { low = Math.min(low, value); high = Math.max(high, value); }
      });
    });
    return low < Infinity ? [Math.max(low, high / 1e6), high] : [1, 60];
  }

  function height(data, theme) {
    return base.strategyLegend(data, theme).height + 12 + rowHeight(data) * Math.max(1, causes(data).length) + 46;
  }

  function option(data, theme) {
    var rows = causes(data), legend = base.strategyLegend(data, theme);
    var labels = rows.map(function (cause) { return cause.label; });
    var room = base.rowRoom(labels, theme);
    var grid = {left: room, right: 26, top: legend.height + 8, bottom: 46};
    var ends = range(data, rows);
    var scale = rollcast.scale.time(ends[0] * 0.85, ends[1] * 1.1, base.plotWidth(theme, grid));
    var yAxis = base.rowAxis(labels, theme, room);
    yAxis.splitLine = {show: true, lineStyle: {color: theme.line}};
    yAxis.axisPointer = {type: 'shadow', label: {show: false}};
    return base.frame(theme, {
      legend: legend.option, grid: grid, yAxis: yAxis,
      series: data.strategies.map(function (s, i) { return marks(s, i, data, rows, scale, theme); }),
      xAxis: base.axis(scale, theme, {name: 'mean time' + (scale.log ? ' (log)' : ''), nameGap: 28}),
      tooltip: base.tooltip(theme, {
        trigger: 'axis', axisPointer: {type: 'shadow', axis: 'y'}, formatter: hover(data, rows, theme)
      })
    });
  }

  return {height: height, option: option};
})();
