/* The risk that at the worst moment at least x instances are hit: out of service or defective for any reason, by a bad
   image that they share, or by a defect of their own. */
(function () {
  'use strict';
  var base = rollcast.base, format = rollcast.format;

  function curve(strategy, risk, x, y, theme) {
    var floor = y.min, points = [], ended = false;
    risk.counts.forEach(function (impact, i) {
      var p = strategy.impact[risk.curve][i];
      if (ended) return;
      ended = !(p > 0);
      points.push([x.to(impact), ended ? floor - 1 : y.to(p)]);
    });
    /* The risk of one or more: up to 1. */
    if (points.length) points.unshift([x.min, points[0][1]]);
    return base.curve(theme, strategy, points, {step: 'start'});
  }

  function limits(data, x, y, theme, width) {
    var lines = [];
    data.objectives.forEach(function (o) {
      if (o.kind !== 'impact') return;
      if (o.limit >= 1) {
        var words = base.fit(o.name, width * 0.4, 11) + ': at most ' + format.number(o.limit, 6);
        lines.push(base.verticalLimit(x.to(o.limit), words, lines.length / 2, theme, x, width));
      }
      if (o.required < 1) {
        lines.push(base.horizontalLimit(y.to(1 - o.required), format.percent(1 - o.required) + ' of runs', theme));
      }
    });
    return base.limitSeries(lines, theme);
  }

  function hover(data, risk, x, theme) {
    return function (items) {
      if (!items.length) return '';
      var impact = Math.round(x.from(items[0].axisValue));
      var at = risk.counts.indexOf(impact);
      if (at < 0) return '';
      var rows = data.strategies.map(function (s) {
        var p = s.impact[risk.curve][at];
        return {
          mark: base.swatch(theme, s), name: s.name, p: p,
          value: p >= 1 ? 'all runs' : (p > 0 ? format.percent(p) : 'no run'), note: ''
        };
      });
      rows.sort(function (a, b) { return b.p - a.p; });
      return base.tip(format.number(impact, 9) + (impact === 1 ? ' instance' : ' instances') + ' or more', rows);
    };
  }

  /* Of `curve`, with the names of the data that hold its counts and what they count. */
  function chart(curveName, countsName, labelName, limited) {
    function option(data, theme) {
      var risk = {curve: curveName, counts: data[countsName]};
      var legend = base.strategyLegend(data, theme);
      var lines = data.objectives.filter(function (o) { return limited && o.kind === 'impact' && o.limit >= 1; }).length;
      var grid = {left: 60, right: 22, top: legend.height + 15 + 15 * lines, bottom: 44};
      var width = base.plotWidth(theme, grid);
      var last = risk.counts[risk.counts.length - 1];
      var words = function (v) { return format.number(v, 6); };
      /* Left of 1 as well, where the risk of at least one is a line that can be seen. */
      var x = last > 12 ? rollcast.scale.log(0.7, last, width, words)
        : rollcast.scale.linear(0, Math.max(last, 2), width, words, {whole: true, gap: 30});
      var y = rollcast.scale.shares(data.impact_floor, theme.height - grid.top - grid.bottom);
      var series = data.strategies.map(function (s) { return curve(s, risk, x, y, theme); });
      if (limited) series.push(limits(data, x, y, theme, width));
      return base.frame(theme, {
        legend: legend.option, grid: grid, series: series,
        xAxis: base.axis(x, theme, {
          name: data[labelName] + (x.log ? ' (log)' : ''), nameGap: 28
        }),
        yAxis: base.axis(y, theme, {name: 'share of runs with x or more (log)', nameGap: 46}),
        tooltip: base.tooltip(theme, {trigger: 'axis', formatter: hover(data, risk, x, theme)})
      });
    }
    return {height: height, option: option};
  }

  function height(data, theme) { return 350 + base.strategyLegend(data, theme).height; }

  rollcast.charts.exceedance = chart('curve', 'impacts', 'impact_label', true);
  rollcast.charts['image-defects'] = chart('image', 'defects', 'image_defects_label', false);
  rollcast.charts['own-defects'] = chart('own', 'defects', 'own_defects_label', false);
})();
