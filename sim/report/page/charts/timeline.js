/* One replication, instance by instance. `theme.view` {from, to, first, last} is the part that is shown (seconds; rows);
   without one, the roll-out. More rows than the drawing has room for are binned, so that zooming in brings out what was
   drawn together. Everything is drawn by hand into one series, a path for each activity: thousands of rows stay quick. */
rollcast.charts.timeline = (function () {
  'use strict';
  var base = rollcast.base;
  var FONT_11 = '11px ' + base.FONT;
  /* The order of model::Activity (include/rollcast/model/trace.hpp), as the theme's colours. */
  var AT_WORK = 5, BACK_OFF = 9, DEFECTIVE = 11, OUT = 12, RECOVERING = 13, GIVEN_UP = 14, COPYING = 22, IN_FORCE = 23;
  /* Where rows are binned these are drawn on top of the others, the worst last. */
  var TROUBLES = [BACK_OFF, RECOVERING, DEFECTIVE, OUT, GIVEN_UP];

  function wholeView(r) { return {from: 0, to: r.horizon, first: 0, last: r.rows.length}; }

  /* The roll-out, and a little of what follows; everything where nobody asks for the roll-out and something happens
     after it. */
  function firstView(data) {
    var r = data.replay, asked = data.objectives.some(function (o) { return o.kind === 'ready'; });
    var later = r.rows.some(function (row) {
      for (var i = 2; i < row.length; i += 2) if (row[i] === OUT && row[i - 1] > r.end) return true;
      return false;
    });
    return later && !asked ? wholeView(r) : rolloutView(r);
  }

  function rolloutView(r) {
    return {from: 0, to: Math.min(r.horizon, Math.max(r.end * 1.04, 1)), first: 0, last: r.rows.length};
  }

  function viewOf(data, theme) { return theme.view || firstView(data); }

  /* Calls visit(from, to, activity) for every span of a row. */
  function eachSpan(row, horizon, visit) {
    for (var i = 1; i < row.length; i += 2) visit(row[i], i + 2 < row.length ? row[i + 2] : horizon, row[i + 1]);
  }

  function activitiesIn(r) {
    var seen = {};
    r.rows.forEach(function (row) { for (var i = 2; i < row.length; i += 2) seen[row[i]] = true; });
    r.rollout.forEach(function (span) { seen[span[2]] = true; });
    return Object.keys(seen).map(Number).sort(function (a, b) { return a - b; });
  }

  /* Copies of images and people: a lane each, with the times when they are busy, and how many there is no room for. */
  function lanesOf(r) {
    function lane(activity, busy, idle) {
      return function (one) { return {name: one.name, times: one.times, activity: activity, busy: busy, idle: idle}; };
    }
    return r.copies.map(lane(COPYING, 'on its way', 'no copy on its way'))
      .concat(r.people.map(lane(AT_WORK, 'at work', 'free')));
  }
  function moreLanes(r) {
    var copies = r.copies_total - r.copies.length, people = r.people_total - r.people.length, words = [];
    if (copies > 0) words.push(copies + ' more copies');
    if (people > 0) words.push(people + ' more people');
    return words.length ? 'and ' + words.join(' and ') : '';
  }

  /* ---- the layout, from top to bottom: legend, roll-out, copies and people, instances, queues */
  function legendItems(data, theme) {
    var r = data.replay, seen = activitiesIn(r), items = seen.map(function (a) {
      return {color: theme.activities[a], text: r.words[a]};
    });
    if (r.copies.length) items.push({color: theme.activities[COPYING], text: r.words[COPYING]});
    if (r.people.length) items.push({color: theme.activities[AT_WORK], text: 'a person at work'});
    if (r.outages.length) items.push({band: true, color: theme.activities[IN_FORCE], text: 'outage or shortage'});
    if (seen.indexOf(BACK_OFF) >= 0) items.push({mark: 'triangle', color: theme.ink, text: 'an attempt failed'});
    if (seen.indexOf(OUT) >= 0) items.push({mark: 'circle', color: theme.limit, text: 'went out of service'});
    var x = 0, y = 0;
    items.forEach(function (item) {
      var need = 18 + base.textWidth(item.text, 11) + 14;
      if (x > 0 && x + need > theme.width) { x = 0; y += 18; }
      item.x = x;
      item.y = y;
      x += need;
    });
    return {items: items, height: y + 26};
  }

  function layout(data, theme) {
    var r = data.replay, legend = legendItems(data, theme);
    var left = 62, most = theme.width < 480 ? 84 : 130;
    var lanes = lanesOf(r);
    lanes.forEach(function (l) { left = Math.max(left, Math.min(most, base.textWidth(l.name, 11) + 12)); });
    /* The first rows speak for the width of all names. */
    r.rows.slice(0, 40).forEach(function (row) { left = Math.max(left, Math.min(most, base.textWidth(row[0], 11) + 12)); });
    var y = legend.height, parts = {legend: legend, left: left, right: theme.width - 14};
    parts.rollout = {y: y, height: r.rollout.length ? 12 : 0};
    y += parts.rollout.height ? 18 : 0;
    parts.lanes = {y: y, each: 13};
    y += lanes.length * 13 + (moreLanes(r) ? 14 : 0) + 6;
    parts.rows = {y: y, height: Math.max(48, Math.min(340, r.rows.length * 14))};
    y += parts.rows.height;
    parts.queues = {y: y + 18, height: r.queues.length ? 78 : 0};
    if (parts.queues.height) y = parts.queues.y + parts.queues.height;
    parts.height = y + 42;
    return parts;
  }

  function pixels(view, parts) {
    var scale = (parts.right - parts.left) / (view.to - view.from);
    var rows = parts.rows.height / (view.last - view.first);
    return {
      x: function (time) {
        return Math.max(parts.left, Math.min(parts.right, parts.left + (time - view.from) * scale));
      },
      y: function (row) { return parts.rows.y + (row - view.first) * rows; },
      row: rows
    };
  }

  function tenth(value) { return Math.round(value * 10) / 10; }
  function box(x, y, width, height) {
    return 'M' + tenth(x) + ' ' + tenth(y) + 'h' + tenth(width) + 'v' + tenth(height) + 'h' + tenth(-width) + 'z';
  }

  /* ---- instances */
  function paintRows(r, view, map, paths) {
    var height = map.row * (map.row >= 6 ? 0.8 : 1);
    for (var i = Math.floor(view.first); i < Math.min(r.rows.length, Math.ceil(view.last)); ++i) {
      eachSpan(r.rows[i], r.horizon, function (from, to, activity) {
        if (to <= view.from || from >= view.to) return;
        var x = map.x(from);
        paths[activity] = (paths[activity] || '') + box(x, map.y(i), Math.max(0.5, map.x(to) - x), height);
      });
    }
  }

  /* What most of the rows of a bin do in each column of pixels; troubles show even if it is one row. */
  function paintBins(r, view, map, paths, parts, most) {
    var rows = view.last - view.first, step = Math.max(1, Math.ceil(rows / most));
    var bins = Math.min(Math.floor(parts.rows.height / 2.5), Math.floor(rows)); /* none without a row of its own */
    var columns = Math.floor((parts.right - parts.left) / 2);
    var height = parts.rows.height / bins, span = (view.to - view.from) / columns;
    for (var bin = 0; bin < bins; ++bin) {
      var counts = [], first = Math.ceil(view.first + rows * bin / bins), last = view.first + rows * (bin + 1) / bins;
      for (var i = first; i < Math.min(last, r.rows.length); i += step) count(r.rows[i], counts);
      flush(counts, parts.rows.y + bin * height);
    }
    function count(row, counts) {
      eachSpan(row, r.horizon, function (from, to, activity) {
        var a = Math.max(0, Math.ceil((from - view.from) / span - 0.5));
        var b = Math.min(columns, Math.ceil((to - view.from) / span - 0.5));
        if (b <= a) return;
        var line = counts[activity] || (counts[activity] = []);
        line[a] = (line[a] || 0) + 1;
        line[b] = (line[b] || 0) - 1;
      });
    }
    function flush(counts, y) {
      var level = [], shown = -1, since = 0;
      for (var column = 0; column <= columns; ++column) {
        var best = -1, most = 0;
        for (var a = 0; a < counts.length; ++a) {
          if (!counts[a]) continue;
          level[a] = (level[a] || 0) + (counts[a][column] || 0);
          if (level[a] > most) { most = level[a]; best = a; }
        }
        TROUBLES.forEach(function (t) { if (level[t] > 0) best = t; });
        if (column === columns) best = -1;
        if (best === shown) continue;
        if (shown >= 0) {
          paths[shown] = (paths[shown] || '') + box(parts.left + 2 * since, y, 2 * (column - since), height);
        }
        shown = best;
        since = column;
      }
    }
  }

  /* Marks of single rows; two that would lie on each other are drawn once. */
  function marks(r, view, map, activity, draw) {
    var path = '', taken = {};
    for (var i = Math.floor(view.first); i < Math.min(r.rows.length, Math.ceil(view.last)); ++i) {
      for (var k = 2; k < r.rows[i].length; k += 2) {
        var time = r.rows[i][k - 1];
        if (r.rows[i][k] !== activity || time < view.from || time > view.to) continue;
        var x = map.x(time), y = map.y(i + 0.5), cell = Math.round(x / 4) + ' ' + Math.round(y / 4);
        if (taken[cell]) continue;
        taken[cell] = true;
        path += draw(tenth(x), tenth(y));
      }
    }
    return path;
  }
  function triangle(x, y) { return 'M' + x + ' ' + (y - 4) + 'l4 7h-8z'; }
  function circle(x, y) { return 'M' + (x - 3) + ' ' + y + 'a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z'; }

  /* ---- the queues: steps, scaled to the longest that is in view */
  function longest(r, view) {
    var most = 1;
    r.queues.forEach(function (q) {
      for (var i = 0; i < q.points.length; i += 2) {
        var until = i + 2 < q.points.length ? q.points[i + 2] : r.horizon;
        if (until > view.from && q.points[i] < view.to) most = Math.max(most, q.points[i + 1]);
      }
    });
    return most;
  }

  function queuePath(q, r, view, map, parts, most) {
    var bottom = parts.queues.y + parts.queues.height, path = '';
    function y(count) { return tenth(bottom - count / most * parts.queues.height); }
    for (var i = 0; i < q.points.length; i += 2) {
      var from = q.points[i], to = i + 2 < q.points.length ? q.points[i + 2] : r.horizon;
      if (to <= view.from || from >= view.to) continue;
      path += (path ? 'L' : 'M') + tenth(map.x(from)) + ' ' + y(q.points[i + 1]) + 'H' + tenth(map.x(to));
    }
    return path;
  }

  /* ---- drawing */
  /* The place is stated: the chart library lends an element that it draws anew the place of the one before. */
  function pathElement(d, style, z) { return {type: 'path', x: 0, y: 0, shape: {pathData: d}, style: style, z2: z || 0}; }
  function textElement(x, y, text, color, align) {
    return {
      type: 'text', x: x, y: y, z2: 5,
      style: {text: text, fill: color, font: FONT_11, textAlign: align || 'left', textVerticalAlign: 'middle'}
    };
  }

  function legendElements(legend, theme) {
    var children = [];
    legend.items.forEach(function (item) {
      var y = item.y + 8, d = box(item.x, y - 5, 12, 10);
      if (item.mark === 'triangle') d = triangle(item.x + 6, y);
      if (item.mark === 'circle') d = circle(item.x + 6, y);
      children.push(pathElement(d, {fill: item.color, opacity: item.band ? 0.2 : 1}));
      children.push(textElement(item.x + 18, y, item.text, theme.ink));
    });
    return children;
  }

  /* Rows with room for it are named; the axis counts the others. */
  function named(view, parts) { return parts.rows.height / (view.last - view.first) >= 12; }

  function nameElements(r, theme, view, map, parts) {
    var children = [];
    for (var i = Math.ceil(view.first); i < Math.min(r.rows.length, Math.floor(view.last)); ++i) {
      children.push(textElement(parts.left - 8, map.y(i + 0.5), base.fit(r.rows[i][0], parts.left - 12, 11), theme.muted, 'right'));
    }
    return children;
  }

  function stripElements(data, theme, view, map, parts) {
    var r = data.replay, children = [], y = parts.rollout.y;
    if (parts.rollout.height) {
      children.push(textElement(parts.left - 8, y + 6, 'roll-out', theme.muted, 'right'));
      r.rollout.forEach(function (span) {
        var x = map.x(span[0]), width = map.x(span[1]) - x;
        if (width <= 0) return;
        children.push(pathElement(box(x, y, Math.max(0.5, width - (width > 4 ? 1 : 0)), 12),
          {fill: theme.activities[span[2]]}));
      });
    }
    var lanes = lanesOf(r), more = moreLanes(r);
    lanes.forEach(function (lane, i) {
      var top = parts.lanes.y + parts.lanes.each * i, path = '';
      for (var k = 0; k < lane.times.length; k += 2) {
        var x = map.x(lane.times[k]), width = map.x(lane.times[k + 1]) - x;
        if (width > 0) path += box(x, top + 1, width, 9);
      }
      children.push(textElement(parts.left - 8, top + 6, base.fit(lane.name, parts.left - 12, 11), theme.muted, 'right'));
      children.push(pathElement(box(parts.left, top + 1, parts.right - parts.left, 9), {fill: theme.panel}, -1));
      if (path) children.push(pathElement(path, {fill: theme.activities[lane.activity]}));
    });
    if (more) {
      children.push(textElement(parts.left, parts.lanes.y + parts.lanes.each * lanes.length + 6, more, theme.muted));
    }
    return children;
  }

  function outageElements(data, theme, view, map, parts) {
    var bottom = parts.queues.height ? parts.queues.y + parts.queues.height : parts.rows.y + parts.rows.height;
    var path = '';
    data.replay.outages.forEach(function (o) {
      if (o.to <= view.from || o.from >= view.to) return;
      var x = map.x(o.from);
      path += box(x, parts.rows.y, Math.max(1, map.x(o.to) - x), bottom - parts.rows.y);
    });
    return path ? [pathElement(path, {fill: theme.activities[IN_FORCE], opacity: 0.2}, 3)] : [];
  }

  function elements(data, theme, view, parts) {
    var r = data.replay, map = pixels(view, parts), paths = [], children = [];
    if (map.row >= 3) paintRows(r, view, map, paths);
    else paintBins(r, view, map, paths, parts, theme.legend ? 600 : 2500);
    paths.forEach(function (d, a) { children.push(pathElement(d, {fill: theme.activities[a]})); });
    var failed = marks(r, view, map, BACK_OFF, triangle), out = marks(r, view, map, OUT, circle);
    if (failed) children.push(pathElement(failed, {fill: theme.ink}, 4));
    if (out) children.push(pathElement(out, {fill: theme.limit, stroke: theme.page, lineWidth: 0.8}, 4));
    if (named(view, parts)) children = children.concat(nameElements(r, theme, view, map, parts));
    var most = longest(r, view);
    if (parts.queues.height) r.queues.forEach(function (q) {
      var d = queuePath(q, r, view, map, parts, most);
      if (d) children.push(pathElement(d, {fill: null, stroke: theme.activities[q.activity], lineWidth: 1.8}, 4));
    });
    return children.concat(outageElements(data, theme, view, map, parts), stripElements(data, theme, view, map, parts),
      legendElements(parts.legend, theme));
  }

  function axes(data, theme, view, parts) {
    var r = data.replay, clock = rollcast.scale.clock(view.from, view.to, parts.right - parts.left);
    var days = /d$/.test(clock.label(clock.ticks[clock.ticks.length - 1]));
    var name = 'time from the start' + (days ? '' : ' (hours:minutes)'), queues = parts.queues.height > 0, width = theme.width;
    var grids = [{left: parts.left, right: width - parts.right, top: parts.rows.y, height: parts.rows.height}];
    var whole = function (v) { return rollcast.format.number(v); };
    var rows = rollcast.scale.linear(view.first * r.step, view.last * r.step, parts.rows.height, whole,
      {whole: true, gap: 34});
    var xs = [base.axis(clock, theme, queues ? {axisLabel: {show: false}} : {name: name, nameGap: 26})];
    var counted = {inverse: true, name: 'instance', nameGap: 44, splitLine: {show: false}};
    if (named(view, parts)) {
      counted = {inverse: true, splitLine: {show: false}, axisLabel: {show: false}, axisTick: {show: false}};
    }
    var ys = [base.axis(rows, theme, counted)];
    if (queues) {
      grids.push({left: parts.left, right: width - parts.right, top: parts.queues.y, height: parts.queues.height});
      xs.push(base.axis(clock, theme, {gridIndex: 1, name: name, nameGap: 26}));
      ys.push(base.axis(rollcast.scale.linear(0, longest(r, view), parts.queues.height, whole, {whole: true, gap: 26}),
        theme, {gridIndex: 1, name: 'waiting', nameGap: 44}));
    }
    return {grid: grids, xAxis: xs, yAxis: ys};
  }

  function option(data, theme) {
    var view = viewOf(data, theme), parts = layout(data, theme), where = axes(data, theme, view, parts);
    return base.frame(theme, {
      grid: where.grid, xAxis: where.xAxis, yAxis: where.yAxis, tooltip: {show: false},
      series: [{
        type: 'custom', silent: true, clip: false, data: [[view.from, view.first]], encode: {x: 0, y: 1},
        renderItem: function () { return {type: 'group', children: elements(data, theme, view, parts)}; }
      }]
    });
  }

  function height(data, theme) { return layout(data, theme).height; }

  /* ---- what lies under the pointer, as the tooltip's HTML; empty where there is nothing to tell */
  function spanAt(row, horizon, time) {
    var found = null;
    eachSpan(row, horizon, function (from, to, activity) {
      if (time >= from && time < to) found = {from: from, to: to, activity: activity};
    });
    return found;
  }

  function countAt(points, time) {
    var count = 0;
    for (var i = 0; i < points.length && points[i] <= time; i += 2) count = points[i + 1];
    return count;
  }

  function rowTip(data, theme, index, time) {
    var r = data.replay, row = r.rows[index], span = row && spanAt(row, r.horizon, time);
    if (!row) return '';
    var words = function (s) { return rollcast.scale.moment(s, 1); };
    var state = span ? r.words[span.activity] : 'not begun yet';
    var length = span ? rollcast.format.duration(span.to - span.from) : '';
    return base.tip(row[0] + ' at ' + words(time), [{
      mark: span ? '<span class="box" style="background:' + theme.activities[span.activity] + '"></span>' : '',
      name: state, value: length, note: span ? words(span.from) + ' – ' + words(span.to) : ''
    }]);
  }

  function tip(data, theme, x, y) {
    var r = data.replay, view = viewOf(data, theme), parts = layout(data, theme);
    if (x < parts.left || x > parts.right) return '';
    var time = view.from + (x - parts.left) / (parts.right - parts.left) * (view.to - view.from);
    var down = (y - parts.rows.y) / parts.rows.height;
    if (down >= 0 && down < 1) {
      return rowTip(data, theme, Math.floor(view.first + down * (view.last - view.first)), time);
    }
    var rows = [];
    if (parts.queues.height && y >= parts.queues.y && y < parts.queues.y + parts.queues.height) {
      rows = r.queues.map(function (q) {
        return {
          mark: '<span class="box" style="background:' + theme.activities[q.activity] + '"></span>',
          name: r.words[q.activity], value: rollcast.format.number(countAt(q.points, time))
        };
      });
    } else if (y < parts.rows.y && y >= parts.lanes.y) {
      var lane = lanesOf(r)[Math.floor((y - parts.lanes.y) / parts.lanes.each)];
      if (lane) {
        var busy = lane.times.some(function (from, i) { return i % 2 === 0 && time >= from && time < lane.times[i + 1]; });
        rows = [{name: lane.name, value: busy ? lane.busy : lane.idle}];
      }
    } else if (y < parts.lanes.y && y >= parts.rollout.y) {
      r.rollout.forEach(function (s) {
        if (time >= s[0] && time < s[1]) rows = [{name: r.words[s[2]], value: rollcast.format.duration(s[1] - s[0])}];
      });
    }
    return rows.length ? base.tip('at ' + rollcast.scale.moment(time, 1), rows) : '';
  }

  /* The part of the data between two points of the drawing. */
  function viewBetween(data, theme, x1, y1, x2, y2) {
    var view = viewOf(data, theme), parts = layout(data, theme), r = data.replay;
    function time(x) {
      var at = (Math.max(parts.left, Math.min(parts.right, x)) - parts.left) / (parts.right - parts.left);
      return view.from + at * (view.to - view.from);
    }
    function row(y) {
      var at = Math.max(0, Math.min(1, (y - parts.rows.y) / parts.rows.height));
      return view.first + at * (view.last - view.first);
    }
    return clamped(r, {
      from: time(Math.min(x1, x2)), to: time(Math.max(x1, x2)), first: row(Math.min(y1, y2)), last: row(Math.max(y1, y2))
    });
  }

  /* A view within the data, at least 10 s long and 4 rows high. */
  function clamped(r, view) {
    var time = Math.min(r.horizon, Math.max(10, view.to - view.from));
    var rows = Math.min(r.rows.length, Math.max(4, view.last - view.first));
    var from = Math.max(0, Math.min(r.horizon - time, view.from));
    var first = Math.max(0, Math.min(r.rows.length - rows, view.first));
    return {from: from, to: from + time, first: first, last: first + rows};
  }

  return {
    height: height, option: option, tip: tip, viewOf: viewOf, viewBetween: viewBetween, clamped: clamped,
    rolloutView: rolloutView, wholeView: wholeView
  };
})();
