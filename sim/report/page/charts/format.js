/* Numbers as people say them. ES5: these files run in browsers and in Duktape.
   The same words as rollcast/base/text.hpp; a test compares the two. */
var rollcast = rollcast || {};

rollcast.format = (function () {
  'use strict';

  function places(magnitude, digits) {
    if (!(magnitude > 0)) return 0;
    var exponent = Math.floor(Math.log(magnitude) / Math.LN10 + 1e-12);
    return Math.min(15, Math.max(0, digits - 1 - exponent));
  }

  function rounded(magnitude, digits) {
    var scale = Math.pow(10, places(magnitude, digits));
    return Math.round(magnitude * scale) / scale;
  }

  function grouped(digits) {
    return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  }

  /* Ties go up, also where the last bit of a sum or a product hides them, as in the program. */
  function fixedText(magnitude, decimals) {
    var scale = Math.pow(10, decimals);
    var scaled = magnitude * scale;
    return (scaled < 1e6 ? Math.floor(scaled + 0.5 + 1e-9) / scale : magnitude).toFixed(decimals);
  }

  /* Fixed notation with thousands separators and no trailing zeros. */
  function fixed(magnitude, decimals) {
    var parts = fixedText(magnitude, decimals).split('.');
    var fraction = parts.length > 1 ? parts[1].replace(/0+$/, '') : '';
    return grouped(parts[0]) + (fraction ? '.' + fraction : '');
  }

  function number(value, digits) {
    if (value === null || value !== value) return 'unknown';
    var magnitude = Math.abs(value);
    var text = fixed(magnitude, places(magnitude, digits || 3));
    return value < 0 && text !== '0' ? '-' + text : text;
  }

  var UNITS = [
    [1e-9, 1e3, 'ns'], [1e-6, 1e3, 'us'], [1e-3, 1e3, 'ms'], [1, 60, 's'], [60, 60, 'min'],
    [3600, 48, 'h']
  ];

  function duration(seconds) {
    if (seconds === null || seconds !== seconds) return 'unknown';
    var sign = seconds < 0 ? '-' : '';
    var magnitude = Math.abs(seconds);
    if (magnitude === Infinity) return 'never';
    if (magnitude === 0) return '0 s';
    for (var i = 0; i < UNITS.length; ++i) {
      var value = rounded(magnitude / UNITS[i][0], 3);
      if (value < UNITS[i][1]) return sign + fixed(value, places(value, 3)) + ' ' + UNITS[i][2];
    }
    var days = magnitude / 86400;
    return sign + fixed(days, places(days, 3)) + ' d';
  }

  /* "4,312" from 1,000 on, else with cents; below 0.1 two digits. */
  function money(amount) {
    var magnitude = Math.abs(amount);
    var parts = fixedText(magnitude, magnitude >= 999.995 ? 0 : 2).split('.');
    var text = grouped(parts[0]) + (parts.length > 1 ? '.' + parts[1] : '');
    if (magnitude >= 1e-6 && magnitude < 0.0995) text = fixed(magnitude, places(magnitude, 2));
    return (amount < 0 && text !== '0.00' ? '-' : '') + text;
  }

  /* Short money for axes and bar ends: "950", "4,312", "1.25 M". */
  function shortMoney(amount) {
    var magnitude = Math.abs(amount);
    if (magnitude >= 1e9) return number(amount / 1e9, 3) + ' bn';
    if (magnitude >= 1e6) return number(amount / 1e6, 3) + ' M';
    return number(amount, 3);
  }

  /* Three significant digits of the share, or of its complement where that is finer. */
  function percent(share) {
    var value = Math.abs(share) * 100;
    var decimals = places(value, 3);
    if (value > 99 && value < 100) {
      decimals = Math.min(places(100 - value, 3), 9);
      while (decimals > 1) {
        var scale = Math.pow(10, decimals - 1);
        if (Math.abs(Math.round(value * scale) / scale - value) > 1e-9) break;
        decimals -= 1;
      }
    }
    return (share < 0 ? '-' : '') + fixed(value, decimals) + ' %';
  }

  var ENTITIES = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'};

  function escape(text) {
    return String(text).replace(/[&<>"']/g, function (c) { return ENTITIES[c]; });
  }

  return {
    number: number, duration: duration, money: money, shortMoney: shortMoney, percent: percent,
    escape: escape
  };
})();
