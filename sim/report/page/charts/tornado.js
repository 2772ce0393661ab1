/* What an input does alone, from its low end to its high one: the widest bar on top. And the shares of the variance. */
(function () {
  'use strict';
  var base = rollcast.base, ROW = 26;

  function strategyOf(data, figure) {
    return data.strategies.filter(function (s) { return s.index === figure.strategy; })[0];
  }

  function names(figure) { return figure.rows.map(function (row) { return row.name; }); }

  function rowChart(data, theme, figure, scale, grid, label, render, hover) {
    return base.frame(theme, {
      grid: grid,
      xAxis: base.axis(scale, theme, {name: base.fit(label, theme.width - grid.left - 20, 11), nameGap: 28}),
      yAxis: base.rowAxis(names(figure), theme, grid.left),
      series: [{
        type: 'custom', clip: false, data: figure.rows.map(function (row, i) { return [0, i]; }), encode: {x: 0, y: 1},
        renderItem: render
      }],
      tooltip: base.tooltip(theme, {
        trigger: 'item', formatter: function (item) { return hover(figure.rows[item.dataIndex]); }
      })
    });
  }

  function height(data, theme, figure) { return strategyOf(data, figure) ? 62 + ROW * Math.max(3, figure.rows.length) : 0; }

  function gridOf(figure, theme) {
    return {left: base.rowRoom(names(figure), theme), right: 24, top: 8, bottom: 46};
  }

  function line(x1, x2, y, style) {
    return {type: 'line', shape: {x1: x1, y1: y, x2: x2, y2: y}, style: style};
  }

  rollcast.charts.tornado = {
    height: height,
    option: function (data, theme, figure) {
      var strategy = strategyOf(data, figure) || {index: figure.strategy}, grid = gridOf(figure, theme);
      var say = rollcast.charts.sweep_lines.words(figure.unit), low = figure.middle, high = figure.middle;
      figure.rows.forEach(function (row) {
        low = Math.min(low, row.swing[0], row.swing[1]);
        high = Math.max(high, row.swing[0], row.swing[1]);
      });
      var pad = 0.04 * (high - low) || 1, width = base.plotWidth(theme, grid);
      var scale = figure.unit === 'time' ? rollcast.scale.time(low, high, width)
        : rollcast.scale.linear(low - pad, high + pad, width, say);
      var tint = base.color(theme, strategy);
      return rowChart(data, theme, figure, scale, grid, figure.label + ', mean', function (params, api) {
        var row = figure.rows[params.dataIndex], x = function (v) { return api.coord([scale.to(v), params.dataIndex])[0]; };
        var y = api.coord([scale.to(low), params.dataIndex])[1], middle = x(figure.middle);
        return {
          type: 'group', children: [
            {
              type: 'rect',
              shape: {x: Math.min(x(row.swing[0]), x(row.swing[1])), y: y - 7, width: Math.abs(x(row.swing[1]) - x(row.swing[0])), height: 14},
              style: {fill: base.faded(tint, 0.45)}
            },
            {type: 'circle', shape: {cx: x(row.swing[1]), cy: y, r: 4}, style: {fill: tint}},
            {type: 'line', shape: {x1: middle, y1: y - ROW / 2, x2: middle, y2: y + ROW / 2}, style: {stroke: theme.axis, lineWidth: 1}}
          ]
        };
      }, function (row) {
        return base.tip(row.name, [{name: row.ends.split(' … ')[0], value: say(row.swing[0])},
                                   {name: row.ends.split(' … ')[1], value: say(row.swing[1])}]);
      });
    }
  };

  rollcast.charts.indices = {
    height: height,
    option: function (data, theme, figure) {
      var strategy = strategyOf(data, figure) || {index: figure.strategy}, grid = gridOf(figure, theme), top = 1;
      figure.rows.forEach(function (row) { top = Math.max(top, row.total[2], row.first[2]); });
      var share = function (v) { return rollcast.format.percent(v); };
      var scale = rollcast.scale.linear(0, top, base.plotWidth(theme, grid), share), tint = base.color(theme, strategy);
      function mark(api, index, i, offset, hollow) {
        var x = function (v) { return api.coord([scale.to(Math.max(0, v)), i])[0]; };
        var y = api.coord([0, i])[1] + offset;
        return [
          line(x(index[1]), x(index[2]), y, {stroke: tint, lineWidth: 1.5}),
          {type: 'circle', shape: {cx: x(index[0]), cy: y, r: 4}, style: {fill: hollow ? theme.page : tint, stroke: tint, lineWidth: 1.6}}
        ];
      }
      return rowChart(data, theme, figure, scale, grid, 'share of the variance', function (params, api) {
        var row = figure.rows[params.dataIndex];
        return {
          type: 'group',
          children: mark(api, row.first, params.dataIndex, -5, false).concat(mark(api, row.total, params.dataIndex, 5, true))
        };
      }, function (row) {
        return base.tip(row.name, [{name: 'alone', value: share(row.first[0]), note: share(row.first[1]) + ' – ' + share(row.first[2])},
                                   {name: 'in all', value: share(row.total[0]), note: share(row.total[1]) + ' – ' + share(row.total[2])}]);
      });
    }
  };

  rollcast.charts.effects = {
    height: height,
    option: function (data, theme, figure) {
      var strategy = strategyOf(data, figure) || {index: figure.strategy}, grid = gridOf(figure, theme), top = 0;
      var say = rollcast.charts.sweep_lines.words(figure.unit), width = base.plotWidth(theme, grid);
      figure.rows.forEach(function (row) { top = Math.max(top, row.size[2], row.spread[2]); });
      var scale = figure.unit === 'time' ? rollcast.scale.time(0, top || 1, width)
        : rollcast.scale.linear(0, 1.04 * top || 1, width, say);
      var tint = base.color(theme, strategy);
      return rowChart(data, theme, figure, scale, grid, figure.label + ', effect of the whole range', function (params, api) {
        var row = figure.rows[params.dataIndex], i = params.dataIndex;
        var x = function (v) { return api.coord([scale.to(Math.max(0, v)), i])[0]; }, y = api.coord([scale.to(0), i])[1];
        var mark = function (index, offset, hollow) {
          return [
            line(x(index[1]), x(index[2]), y + offset, {stroke: tint, lineWidth: 1.5}),
            {type: 'circle', shape: {cx: x(index[0]), cy: y + offset, r: 4}, style: {fill: hollow ? theme.page : tint, stroke: tint, lineWidth: 1.6}}
          ];
        };
        var noise = {type: 'line', shape: {x1: x(row.luck), y1: y - 9, x2: x(row.luck), y2: y + 9}, style: {stroke: theme.axis, lineWidth: 1.5}};
        return {type: 'group', children: [noise].concat(mark(row.size, -5, false), mark(row.spread, 5, true))};
      }, function (row) {
        return base.tip(row.name, [{name: 'mean size', value: say(row.size[0]), note: say(row.size[1]) + ' – ' + say(row.size[2])},
                                   {name: 'mean, signed', value: say(row.mean[0]), note: say(row.mean[1]) + ' – ' + say(row.mean[2])},
                                   {name: 'spread', value: say(row.spread[0]), note: say(row.spread[1]) + ' – ' + say(row.spread[2])},
                                   {name: 'of which luck', value: say(row.luck)}]);
      });
    }
  };
})();
