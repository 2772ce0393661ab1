/* Every other strategy as a multiple of the reference: run by run under the same luck, so with shorter whiskers than the
   two results would give. Filled: cost; hollow: ready time. */
rollcast.charts.against = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format, ROW = 40;

  function rowsOf(data) {
    var shown = {};
    data.strategies.forEach(function (s) { shown[s.index] = s; });
    return (data.against ? data.against.rows : []).filter(function (row) { return shown[row.strategy]; })
      .map(function (row) { return {strategy: shown[row.strategy], cost: row.cost, ready: row.ready}; });
  }

  function times(value) { return format.number(value) + '×'; }

  function mark(api, theme, scale, row, y, multiple, hollow) {
    if (!multiple) return [];
    var tint = base.color(theme, row.strategy);
    var x = function (value) { return api.coord([scale.to(value), 0])[0]; };
    return [
      {type: 'line', shape: {x1: x(multiple.low), y1: y, x2: x(multiple.high), y2: y}, style: {stroke: tint, lineWidth: 1.6}},
      {
        type: 'circle', shape: {cx: x(multiple.value), cy: y, r: 4.5},
        style: {fill: hollow ? theme.page : tint, stroke: tint, lineWidth: 1.8}
      }
    ];
  }

  function range(rows) {
    var low = 0.9, high = 1.1;
    rows.forEach(function (row) {
      [row.cost, row.ready].forEach(function (m) {
        if (m) { low = Math.min(low, m.low); high = Math.max(high, m.high); }
      });
    });
    return [low, high];
  }

  function option(data, theme) {
    var rows = rowsOf(data), names = rows.map(function (row) { return row.strategy.name; });
    var room = base.rowRoom(names, theme), grid = {left: room, right: 22, top: 24, bottom: 46};
    var ends = range(rows), scale = rollcast.scale.log(ends[0], ends[1], base.plotWidth(theme, grid), times, {gap: 60});
    var one = {xAxis: scale.to(1), label: {
      show: true, position: 'start', formatter: base.fit(data.reference_name, theme.width * 0.5, 11), color: theme.muted,
      fontSize: 11, fontFamily: base.FONT, distance: [0, 4]
    }};
    var reference = base.limitSeries([one], theme);
    reference.markLine.lineStyle = {color: theme.axis, type: 'solid', width: 1.2};
    return base.frame(theme, {
      grid: grid, xAxis: base.axis(scale, theme, {name: 'multiple of its mean (log)', nameGap: 28}),
      yAxis: base.rowAxis(names, theme, room),
      tooltip: base.tooltip(theme, {
        trigger: 'item', formatter: function (item) {
          var row = rows[item.dataIndex];
          var words = function (m) { return m ? times(m.low) + ' – ' + times(m.high) : ''; };
          return base.tip(row.strategy.name, [
            {name: 'mean cost', value: row.cost ? times(row.cost.value) : 'not stated', note: words(row.cost)},
            {name: 'mean ready time', value: row.ready ? times(row.ready.value) : 'not stated', note: words(row.ready)}
          ]);
        }
      }),
      series: [{
        type: 'custom', clip: true, encode: {x: 0, y: 1},
        data: rows.map(function (row, i) { return [scale.to(1), i]; }),
        renderItem: function (params, api) {
          var row = rows[params.dataIndex], y = api.coord([scale.to(1), params.dataIndex])[1];
          var left = api.coord([scale.min, 0])[0], right = api.coord([scale.max, 0])[0];
          return {
            type: 'group', children: [{
              type: 'rect', shape: {x: left, y: y - ROW / 2, width: right - left, height: ROW}, style: {fill: 'rgba(0,0,0,0)'}
            }].concat(mark(api, theme, scale, row, y - 6, row.cost, false), mark(api, theme, scale, row, y + 7, row.ready, true))
          };
        }
      }, reference]
    });
  }

  function height(data) { return 70 + ROW * Math.max(1, rowsOf(data).length); }

  return {height: height, option: option};
})();
