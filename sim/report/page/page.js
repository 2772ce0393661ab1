/* The charts come alive in place of the drawings, and strategies can be chosen. Without scripts everything stands there
   all the same. */
(function () {
  'use strict';
  var root = document.documentElement, all = rollcast.all, isDark = rollcast.isDark;
  var data = JSON.parse(document.getElementById('data').textContent);
  var themes = JSON.parse(document.getElementById('themes').textContent);
  var hidden = {};
  var live = [];

  function visibleData() {
    var copy = {};
    for (var name in data) copy[name] = data[name];
    copy.strategies = data.strategies.filter(function (s) { return !hidden[s.index]; });
    return copy;
  }

  /* ---- charts */
  function themeOf(item) {
    return rollcast.themed(themes, isDark() ? 'dark' : 'light',
      {width: item.figure.clientWidth, height: 0, legend: false, view: item.view});
  }

  function draw(item) {
    var shown = visibleData();
    var width = item.figure.clientWidth;
    if (!width) return;
    var empty = shown.strategies.length === 0;
    item.box.hidden = empty;
    if (empty) return;
    var theme = themeOf(item);
    theme.height = item.definition.height(shown, theme);
    item.box.style.height = theme.height + 'px';
    if (!item.chart) item.chart = echarts.init(item.box, null, {renderer: 'svg', width: width, height: theme.height});
    else item.chart.resize({width: width, height: theme.height});
    item.chart.setOption(item.definition.option(shown, theme), {notMerge: true});
    item.width = width;
  }

  function drawAll() { live.forEach(draw); }

  function setUpCharts() {
    all('figure[data-chart]').forEach(function (figure) {
      var definition = rollcast.definition(figure.getAttribute('data-chart'));
      var box = figure.querySelector('.live');
      var item = {figure: figure, box: box, definition: definition, chart: null, width: 0, view: null};
      live.push(item);
      if (definition === rollcast.charts.timeline) {
        rollcast.timelineTools(item, function () { return {data: data, theme: themeOf(item)}; }, draw);
      }
    });
    drawAll();
    var pending = 0;
    window.addEventListener('resize', function () {
      clearTimeout(pending);
      pending = setTimeout(function () {
        live.forEach(function (item) { if (item.figure.clientWidth !== item.width) draw(item); });
      }, 120);
    });
  }

  /* ---- strategies */
  function applyStrategies() {
    all('tr[data-strategy]').forEach(function (row) {
      var other = row.getAttribute('data-other');
      row.hidden = !!hidden[row.getAttribute('data-strategy')] || (other !== null && !!hidden[other]);
    });
    drawAll();
    stale = true;
  }

  function point(index, on) {
    live.forEach(function (item) {
      if (item.chart) item.chart.dispatchAction({type: on ? 'highlight' : 'downplay', seriesName: 's' + index});
    });
  }

  function setUpStrategies() {
    all('.chip').forEach(function (chip) {
      var box = chip.querySelector('input'), index = Number(box.value);
      box.checked = true;
      box.addEventListener('change', function () {
        if (box.checked) delete hidden[index]; else hidden[index] = true;
        applyStrategies();
      });
      chip.addEventListener('mouseenter', function () { if (!hidden[index]) point(index, true); });
      chip.addEventListener('mouseleave', function () { point(index, false); });
    });
  }

  /* ---- print: the drawings follow the choice of strategies */
  var stale = false;

  function refreshDrawings() {
    if (!stale) return;
    stale = false;
    var shown = visibleData();
    if (!shown.strategies.length) return;
    live.forEach(function (item) {
      var name = item.figure.getAttribute('data-chart');
      item.figure.querySelector('.static').innerHTML = rollcast.svg(echarts, name, shown, themes, 'light', 520);
    });
  }

  root.classList.add('scripted');
  setUpCharts();
  setUpStrategies();
  rollcast.onTheme(drawAll);
  window.addEventListener('beforeprint', refreshDrawings);
})();
