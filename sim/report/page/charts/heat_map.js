/* An estimate over two axes of a sweep, a cell a point: the darker the larger; or, of strategies, who is to be
   preferred. Every cell says its value where there is room for it. */
rollcast.charts.heat_map = (function () {
  'use strict';
  var base = rollcast.base;

  function tints(figure) {
    var low = Infinity, high = -Infinity;
    figure.cells.forEach(function (cell) {
      if (cell[2] !== null) { low = Math.min(low, cell[2]); high = Math.max(high, cell[2]); }
    });
    return {
      of: function (cell, theme) {
        if (cell[2] === null) return theme.panel;
        if (figure.names) return base.faded(theme.series[cell[2] % theme.series.length], theme.dark ? 0.45 : 0.35);
        var share = high > low ? (cell[2] - low) / (high - low) : 0.5;
        return base.faded(theme.series[0], 0.06 + 0.54 * share);
      }
    };
  }

  function rows(figure) { return figure.y.labels.length; }

  function cells(figure, theme) {
    var tint = tints(figure);
    return {
      type: 'custom', clip: true, data: figure.cells.map(function (cell) { return [cell[0], cell[1]]; }),
      encode: {x: 0, y: 1},
      renderItem: function (params, api) {
        var cell = figure.cells[params.dataIndex];
        var size = api.size([1, 1]), at = api.coord([cell[0], cell[1]]);
        var words = base.fit(cell[3], size[0] - 4, 11);
        var readable = size[1] >= 15 && (words === cell[3] || size[0] > 44);
        return {
          type: 'group', children: [
            {
              type: 'rect',
              shape: {x: at[0] - size[0] / 2 + 0.5, y: at[1] - size[1] / 2 + 0.5, width: size[0] - 1, height: size[1] - 1},
              style: {fill: tint.of(cell, theme), stroke: null}
            },
            {
              type: 'text', silent: true,
              style: {
                text: readable ? words : '', x: at[0], y: at[1], textAlign: 'center', textVerticalAlign: 'middle',
                fill: theme.ink, fontSize: 11, fontFamily: base.FONT
              }
            }
          ]
        };
      }
    };
  }

  function category(axis, theme, room, length, extra) {
    var option = {
      type: 'category', data: axis.labels, axisTick: {show: false}, splitLine: {show: false},
      axisLine: {show: true, onZero: false, lineStyle: {color: theme.axis}},
      axisLabel: {
        color: theme.muted, fontSize: 11, fontFamily: base.FONT, hideOverlap: true,
        formatter: function (name) { return base.fit(name, room, 11); }
      },
      name: base.fit(axis.label, length, 11), nameLocation: 'middle',
      nameTextStyle: {color: theme.muted, fontSize: 11, fontFamily: base.FONT}
    };
    for (var name in extra) option[name] = extra[name];
    return option;
  }

  function option(data, theme, figure) {
    var need = 0;
    figure.y.labels.forEach(function (label) { need = Math.max(need, base.textWidth(label, 11)); });
    var room = Math.min(140, Math.ceil(need) + 8), grid = {left: room + 26, right: 14, top: 10, bottom: 48};
    var each = base.plotWidth(theme, grid) / Math.max(1, figure.x.labels.length);
    return base.frame(theme, {
      grid: grid, series: [cells(figure, theme)],
      xAxis: category(figure.x, theme, Math.max(24, each - 4), base.plotWidth(theme, grid), {nameGap: 28}),
      yAxis: category(figure.y, theme, room, theme.height - grid.top - grid.bottom, {nameGap: room + 8}),
      tooltip: base.tooltip(theme, {
        trigger: 'item',
        formatter: function (item) {
          var cell = figure.cells[item.dataIndex];
          var rows = [{name: figure.x.label, value: figure.x.labels[cell[0]]},
                      {name: figure.y.label, value: figure.y.labels[cell[1]]}];
          return base.tip(cell[4] || cell[3], rows);
        }
      })
    });
  }

  function height(data, theme, figure) { return 58 + Math.max(150, Math.min(640, 30 * rows(figure))); }

  return {height: height, option: option};
})();
