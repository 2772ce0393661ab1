/* What a strategy costs on average, as stacked bars: by kind of expense, and by phase of the fleet's life. */
(function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function bars(part, data, theme, amounts, tint) {
    return {
      type: 'bar', name: part.label, stack: 'cost', barWidth: 20, itemStyle: {color: tint, borderColor: theme.page,
        borderWidth: 0.5},
      emphasis: {disabled: true},
      data: data.strategies.map(function (s) { return amounts(s)[part.index]; })
    };
  }

  function totals(data, theme) {
    return {
      type: 'scatter', name: '', silent: true, symbolSize: 0.01, tooltip: {show: false},
      data: data.strategies.map(function (s, row) { return [s.cost.total.mean, row]; }),
      label: {
        show: true, position: 'right', distance: 6, color: theme.ink, fontSize: 11, fontFamily: base.FONT,
        formatter: function (item) { return format.shortMoney(item.value[0]); }
      }
    };
  }

  function hover(parts, data, amounts, theme, tints) {
    return function (items) {
      if (!items.length) return '';
      var s = data.strategies[items[0].dataIndex];
      var rows = parts.map(function (part) {
        return {
          mark: '<span class="box" style="background:' + tints[part.index] + '"></span>', name: part.label,
          value: format.money(amounts(s)[part.index]), note: ''
        };
      });
      rows.push({name: 'total, mean', value: s.cost.total.text, note: s.cost.total.range || ''});
      rows.push({name: 'ranked by the verdict, mean', value: s.cost.ranked.text, note: s.cost.ranked.range || ''});
      return base.tip(s.name + ', ' + data.currency, rows);
    };
  }

  function legendOf(parts, theme) {
    var names = parts.map(function (p) { return p.label; });
    return {
      height: base.legendRows(names, theme.width) * 23 + 6,
      option: {
        show: true, left: 0, top: 0, itemWidth: 16, itemHeight: 10, itemGap: 14, selectedMode: false, data: names,
        textStyle: {color: theme.ink, fontSize: 12, fontFamily: base.FONT}
      }
    };
  }

  /* `labels` names the parts, `amounts` yields those of a strategy, in the same order. */
  function chart(labels, amounts, tintName) {
    function used(data) {
      return labels(data).map(function (label, index) { return {label: label, index: index}; })
        .filter(function (part) {
          return data.strategies.some(function (s) { return amounts(s)[part.index] > 0; });
        });
    }
    function height(data, theme) {
      return legendOf(used(data), theme).height + 54 + 36 * data.strategies.length + 12;
    }
    function option(data, theme) {
      var parts = used(data), legend = legendOf(parts, theme), tints = theme[tintName];
      var names = data.strategies.map(function (s) { return s.name; });
      var room = base.rowRoom(names, theme), most = 0, label = 0;
      data.strategies.forEach(function (s) {
        most = Math.max(most, s.cost.total.mean);
        label = Math.max(label, base.textWidth(format.shortMoney(s.cost.total.mean), 11));
      });
      var grid = {left: room, right: 16 + Math.ceil(label), top: legend.height + 8, bottom: 46};
      var scale = rollcast.scale.linear(0, most || 1, base.plotWidth(theme, grid), format.shortMoney);
      var series = parts.map(function (p) { return bars(p, data, theme, amounts, tints[p.index]); });
      series.push(totals(data, theme));
      return base.frame(theme, {
        legend: legend.option, grid: grid, series: series,
        xAxis: base.axis(scale, theme, {name: 'mean cost of a run up to the horizon, ' + data.currency, nameGap: 28}),
        yAxis: base.rowAxis(names, theme, room),
        tooltip: base.tooltip(theme, {
          trigger: 'axis', axisPointer: {type: 'shadow'}, formatter: hover(parts, data, amounts, theme, tints)
        })
      });
    }
    return {height: height, option: option};
  }

  rollcast.charts['cost-kinds'] = chart(
    function (data) { return data.cost_kinds; }, function (s) { return s.cost.kinds; }, 'kinds');
  rollcast.charts['cost-phases'] = chart(
    function (data) { return data.cost_phases; }, function (s) { return s.cost.phases; }, 'phases');
})();
