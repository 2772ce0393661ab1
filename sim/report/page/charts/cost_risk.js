/* The cost that the verdict ranks by against the risk, with the strategies that no other one beats in both. */
rollcast.charts['cost-risk'] = (function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  /* Risks of 0 lie on the floor of the axis; their whisker shows what the runs cannot rule out. Whiskers that reach
     far down are cut, so that they do not set the scale. */
  function place(data) {
    var floor = 1;
    data.strategies.forEach(function (s) {
      floor = Math.min(floor, s.risk.p > 0 ? Math.max(s.risk.low, s.risk.p / 5) : s.risk.high / 5);
    });
    return Math.pow(10, Math.floor(Math.log(Math.max(floor, 1e-9)) / Math.LN10 + 1e-9));
  }

  function whiskers(data, x, y, theme) {
    return {
      type: 'custom', name: '', silent: true, z: 2, tooltip: {show: false}, clip: true,
      data: data.strategies.map(function (s) { return [x.to(s.cost.ranked.mean), y.to(s.risk.shown)]; }),
      renderItem: function (params, api) {
        var s = data.strategies[params.dataIndex], tint = base.color(theme, s), children = [];
        function add(from, to) {
          children.push({
            type: 'line', shape: {x1: from[0], y1: from[1], x2: to[0], y2: to[1]},
            style: {stroke: tint, lineWidth: 1.4, opacity: 0.75}
          });
        }
        var cost = s.cost.ranked, level = y.to(s.risk.shown), at = x.to(cost.mean);
        add(api.coord([at, Math.max(y.min, y.to(Math.max(s.risk.low, 1e-12)))]), api.coord([at, y.to(s.risk.high)]));
        if (cost.low !== null) {
          add(api.coord([x.to(Math.max(cost.low, x.from(x.min))), level]), api.coord([x.to(cost.high), level]));
        }
        return {type: 'group', children: children};
      }
    };
  }

  function points(s, x, y, theme, level, plot) {
    var left = (x.to(s.cost.ranked.mean) - x.min) / (x.max - x.min) > 0.6;
    var name = base.fit(s.name, plot * 0.38, 11.5);
    return {
      type: 'scatter', name: base.key(s), z: 4, data: [[x.to(s.cost.ranked.mean), y.to(s.risk.shown)]],
      symbol: base.marker(theme, s), symbolSize: 13,
      itemStyle: s.risk.p > 0 ? {color: base.color(theme, s)}
        : {color: theme.page, borderColor: base.color(theme, s), borderWidth: 2},
      label: {
        show: !theme.legend && level !== null, formatter: name, position: left ? 'left' : 'right', distance: 5,
        offset: [0, level || 0], color: theme.ink, fontSize: 11.5, fontFamily: base.FONT,
        textBorderColor: theme.page, textBorderWidth: 3
      },
      emphasis: {focus: 'series', itemStyle: {color: 'inherit'}},
      blur: {itemStyle: {opacity: 0.2}, label: {opacity: 0.2}}
    };
  }

  /* Cheaper and no riskier, or safer and no dearer: the front that a choice should lie on. */
  function front(data, x, y, theme) {
    var sorted = data.strategies.slice().sort(function (a, b) {
      return a.cost.ranked.mean - b.cost.ranked.mean || a.risk.p - b.risk.p;
    });
    var best = Infinity, steps = [];
    sorted.forEach(function (s) {
      if (s.risk.p >= best) return;
      best = s.risk.p;
      steps.push([x.to(s.cost.ranked.mean), y.to(s.risk.shown)]);
    });
    return {
      type: 'line', name: '', data: steps, step: 'end', silent: true, symbol: 'none', z: 1, tooltip: {show: false},
      lineStyle: {color: theme.faint, type: [2, 3], width: 1.5}
    };
  }

  /* Labels beside the points, a line higher or lower where another mark, label or the limit is in the way; none where
     that does not help. */
  function labelLevels(data, x, y, width, height) {
    var spots = data.strategies.map(function (s) {
      return {
        at: (x.to(s.cost.ranked.mean) - x.min) / (x.max - x.min) * width,
        line: (y.to(s.risk.shown) - y.min) / (y.max - y.min) * height
      };
    });
    var taken = spots.map(function (spot) { return {line: spot.line, from: spot.at - 9, to: spot.at + 9}; });
    if (data.risk_limit > 0) {
      var limit = (y.to(data.risk_limit) - y.min) / (y.max - y.min) * height;
      taken.push({line: limit, from: 0, to: width}, {line: limit + 10, from: width - 70, to: width});
    }
    return data.strategies.map(function (s, i) {
      var spot = spots[i], left = spot.at > width * 0.6;
      var long = base.textWidth(base.fit(s.name, width * 0.38, 11.5), 11.5);
      var from = left ? spot.at - long - 14 : spot.at + 10, to = left ? spot.at - 10 : spot.at + long + 14;
      var moves = [0, -14, 14];
      for (var k = 0; k < moves.length; ++k) {
        var line = spot.line - moves[k];
        var free = line > 6 && line < height - 2 && taken.every(function (t) {
          return Math.abs(t.line - line) >= 12 || to < t.from || from > t.to;
        });
        if (!free) continue;
        taken.push({line: line, from: from, to: to});
        return moves[k];
      }
      return null;
    });
  }

  function hover(data, theme) {
    return function (item) {
      var s = data.strategies.filter(function (one) { return base.key(one) === item.seriesName; })[0];
      if (!s) return '';
      return base.tip(s.name, [
        {name: data.risk_label, value: s.risk.text, note: s.risk.range || ''},
        {name: data.cost_label + ', ' + data.currency, value: s.cost.ranked.text, note: s.cost.ranked.range || ''},
        {name: 'ready, P90', value: s.ready.p90_text, note: s.ready.p90_range || ''}
      ]);
    };
  }

  function costRange(data) {
    var low = Infinity, high = 0;
    data.strategies.forEach(function (s) {
      low = Math.min(low, s.cost.ranked.mean);
      high = Math.max(high, s.cost.ranked.mean);
    });
    return [low, high];
  }

  function option(data, theme) {
    var legend = base.strategyLegend(data, theme), floor = place(data);
    var grid = {left: 62, right: 24, top: legend.height + 16, bottom: 44};
    var width = base.plotWidth(theme, grid), height = theme.height - grid.top - grid.bottom;
    var y = rollcast.scale.shares(floor, height), costs = costRange(data);
    data.strategies.forEach(function (s) { s.risk.shown = s.risk.p > 0 ? s.risk.p : y.from(y.min); });
    var log = costs[0] > 0 && costs[1] / costs[0] > 6;
    var x = log ? rollcast.scale.log(costs[0] / 1.5, costs[1] * 1.5, width, format.shortMoney)
      : rollcast.scale.linear(0, costs[1] * 1.15 || 1, width, format.shortMoney);
    var levels = labelLevels(data, x, y, width, height);
    var series = data.strategies.map(function (s, i) { return points(s, x, y, theme, levels[i], width); });
    series.push(whiskers(data, x, y, theme), front(data, x, y, theme));
    var required = data.risk_limit;
    series.push(base.limitSeries(required > 0 && required < 1
      ? [base.horizontalLimit(y.to(required), 'at most ' + format.percent(required), theme)] : [], theme));
    return base.frame(theme, {
      legend: legend.option, grid: grid, series: series,
      xAxis: base.axis(x, theme, {name: data.cost_label + ', ' + data.currency + (log ? ' (log)' : ''), nameGap: 28}),
      yAxis: base.axis(y, theme, {name: base.fit(data.risk_label, height - 30, 11) + ' (log)', nameGap: 48}),
      tooltip: base.tooltip(theme, {trigger: 'item', formatter: hover(data, theme)})
    });
  }

  function height(data, theme) { return 350 + base.strategyLegend(data, theme).height; }

  return {height: height, option: option};
})();
