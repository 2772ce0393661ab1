/* What every page of rollcast can do: light and dark, tables that sort and can be copied. */
(function () {
  'use strict';
  var root = document.documentElement, listeners = [];

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }

  /* ---- theme */
  function tell() { listeners.forEach(function (listener) { listener(); }); }

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
      tell();
    });
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { label(); tell(); });
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

  /* ---- copies of tables: tab-separated, as spreadsheets take them; rows that are hidden are left out */
  function cellText(cell) {
    var small = cell.querySelector('small'), text = cell.textContent;
    if (small) text = text.slice(0, text.length - small.textContent.length) + ' (' + small.textContent + ')';
    return text.replace(/\s+/g, ' ').trim();
  }

  function tableText(table) {
    var head = table.tHead ? [table.tHead.rows[table.tHead.rows.length - 1]] : [];
    var rows = head.concat(Array.prototype.slice.call(table.tBodies[0].rows).filter(function (r) { return !r.hidden; }));
    return rows.map(function (row) {
      return Array.prototype.slice.call(row.cells).map(cellText).join('\t');
    }).join('\n') + '\n';
  }

  /* Through a selection: that works from a file too, and asks for no permission. */
  function copyText(text) {
    var area = document.createElement('textarea'), focused = document.activeElement;
    area.value = text;
    area.className = 'off-screen';
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand('copy');
    document.body.removeChild(area);
    if (focused) focused.focus();
    return done;
  }

  function setUpCopies() {
    all('table.sortable').forEach(function (table) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'copy';
      button.textContent = 'Copy table';
      button.addEventListener('click', function () {
        button.textContent = copyText(tableText(table)) ? 'Copied' : 'Copying is not permitted here';
        setTimeout(function () { button.textContent = 'Copy table'; }, 2000);
      });
      var frame = table.parentNode;
      frame.parentNode.insertBefore(button, frame.nextSibling);
    });
  }

  rollcast.all = all;
  rollcast.isDark = isDark;
  rollcast.onTheme = function (listener) { listeners.push(listener); };
  setUpTheme();
  setUpTables();
  setUpCopies();
})();
