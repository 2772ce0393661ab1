/* The page comes alive: interactive charts in place of the drawings, strategies to choose, light and dark, tables to
   sort. Without scripts everything stands there all the same. */
(function () {
  'use strict';
  var root = document.documentElement;
  var data = JSON.parse(document.getElementById('data').textContent);
  var themes = JSON.parse(document.getElementById('themes').textContent);
  var hidden = {};
  var live = [];

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  function visibleData() {
    var copy = {};
    for (var name in data) copy[name] = data[name];
    copy.strategies = data.strategies.filter(function (s) { return !hidden[s.index]; });
    return copy;
  }

  /* ---- theme */
  function isDark() {
    var chosen = root.getAttribute('data-theme');
    if (chosen) return chosen === 'dark';
    return window.matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function remember(theme) {
    try { localStorage.setItem('rollcast-theme', theme); } catch (error) { /* a page from disk may have no memory */ }
  }

  function remembered() {
    try { return localStorage.getItem('rollcast-theme'); } catch (error) { return null; }
  }

  function setUpTheme() {
    var button = document.getElementById('theme');
    var before = remembered();
    if (before === 'dark' || before === 'light') root.setAttribute('data-theme', before);
    function label() {
      button.textContent = isDark() ? 'Light' : 'Dark';
      button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
    }
    button.hidden = false;
    label();
    button.addEventListener('click', function () {
      var next = isDark() ? 'light' : 'dark';
      root.setAttribute('data-theme', next);
      remember(next);
      label();
      drawAll();
    });
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { label(); drawAll(); });
  }

  /* ---- charts */
  function draw(item) {
    var shown = visibleData();
    var width = item.figure.clientWidth;
    if (!width) return;
    var empty = shown.strategies.length === 0;
    item.box.hidden = empty;
    if (empty) return;
    var theme = rollcast.themed(themes, isDark() ? 'dark' : 'light', {width: width, height: 0, legend: false});
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
      var definition = rollcast.charts[figure.getAttribute('data-chart')];
      var box = figure.querySelector('.live');
      live.push({figure: figure, box: box, definition: definition, chart: null, width: 0});
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

  /* ---- tables */
  function sortBy(table, column, header) {
    var body = table.tBodies[0];
    var descending = header.getAttribute('aria-sort') === 'ascending';
    all('th[aria-sort]', table).forEach(function (other) { other.removeAttribute('aria-sort'); });
    header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
    function valueOf(row) {
      var cell = row.cells[column], value = cell.getAttribute('data-value');
      if (value === null) return cell.textContent.toLowerCase();
      if (value === 'inf') return Infinity;
      return value === '' ? NaN : Number(value);
    }
    var rows = Array.prototype.slice.call(body.rows).map(function (row, order) {
      return {row: row, value: valueOf(row), order: order};
    });
    rows.sort(function (a, b) {
      if (a.value !== a.value || b.value !== b.value) return (a.value !== a.value) - (b.value !== b.value);
      var less = a.value < b.value ? -1 : (a.value > b.value ? 1 : a.order - b.order);
      return a.value === b.value ? less : (descending ? -less : less);
    });
    rows.forEach(function (item) { body.appendChild(item.row); });
  }

  function setUpTables() {
    all('table.sortable').forEach(function (table) {
      all('thead tr:last-child th', table).forEach(function (header, column) {
        header.querySelector('button').addEventListener('click', function () { sortBy(table, column, header); });
      });
    });
  }

  root.classList.add('scripted');
  setUpTheme();
  setUpCharts();
  setUpStrategies();
  setUpTables();
  window.addEventListener('beforeprint', refreshDrawings);
})();
