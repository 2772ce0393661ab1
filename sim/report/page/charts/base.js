/* What all charts share: how a strategy looks, how much room a text takes, axes, lines and tooltips.
   A chart is `{height: function (data, theme), option: function (data, theme)}` in rollcast.charts; `theme` holds
   the colours and the frame {width, height, legend}. */
rollcast.charts = {};

rollcast.base = (function () {
  'use strict';
  var format = rollcast.format;
  /* Without quotes: the chart library writes it into an attribute as it is. */
  var FONT = 'Helvetica Neue, Arial, Liberation Sans, sans-serif';
  var NARROW = 'fijlrtI.,:;|!\'()[]{} ', WIDE = 'mwMW%@';

  /* Width of a text in an Arial-like font, within a few per cent; what is not Latin counts a full em. */
  function textWidth(text, size) {
    var ems = 0;
    for (var i = 0; i < text.length; ++i) {
      var c = text.charAt(i), code = text.charCodeAt(i);
      if (code > 0x2e7f) ems += code >= 0xdc00 && code < 0xe000 ? 0 : 1.05;
      else if (NARROW.indexOf(c) >= 0) ems += 0.32;
      else if (WIDE.indexOf(c) >= 0) ems += 0.86;
      else if (c >= 'A' && c <= 'Z') ems += 0.68;
      else ems += 0.55;
    }
    return ems * size;
  }

  function surrogate(text, at) {
    var code = text.charCodeAt(at);
    return code >= 0xdc00 && code < 0xe000;
  }

  /* The text, or its beginning and its end with an ellipsis between: what tells names apart often stands last. */
  function fit(text, pixels, size) {
    if (textWidth(text, size) <= pixels) return text;
    var head = 0, tail = text.length, room = pixels - 0.9 * size, used = 0;
    for (;;) {
      var front = head <= 2 * (text.length - tail);
      var width = textWidth(text.charAt(front ? head : tail - 1), size);
      if (used + width > room || head >= tail) break;
      used += width;
      if (front) head += 1; else tail -= 1;
    }
    if (surrogate(text, head)) head -= 1;
    if (surrogate(text, tail)) tail += 1;
    return text.slice(0, head).replace(/\s+$/, '') + '…' + text.slice(tail).replace(/^\s+/, '');
  }

  function color(theme, strategy) { return theme.series[strategy.index % theme.series.length]; }
  function dash(theme, strategy) {
    var pattern = theme.dashes[strategy.index % theme.dashes.length];
    return pattern.length ? pattern : 'solid';
  }
  function marker(theme, strategy) {
    return 'path://' + theme.markers[strategy.index % theme.markers.length];
  }

  /* The line of a strategy: its colour and dash; hovering its name above the charts brings it out. */
  function curve(theme, strategy, points, extra) {
    var tint = color(theme, strategy);
    var series = {
      type: 'line', name: key(strategy), data: points, showSymbol: false, symbol: marker(theme, strategy),
      symbolSize: 8, clip: true, z: 3, itemStyle: {color: tint},
      lineStyle: {color: tint, type: dash(theme, strategy), width: 2},
      emphasis: {focus: 'series', lineStyle: {width: 3, color: tint}}, blur: {lineStyle: {opacity: 0.15}}
    };
    for (var name in extra) series[name] = extra[name];
    return series;
  }

  function faded(hex, alpha) {
    var value = parseInt(hex.slice(1), 16);
    return 'rgba(' + (value >> 16) + ',' + ((value >> 8) & 255) + ',' + (value & 255) + ',' + alpha + ')';
  }

  /* Lays names out in rows as the legend will; returns how many rows it takes. */
  function legendRows(names, width) {
    var rows = 1, used = 0;
    names.forEach(function (name) {
      var need = textWidth(name, 12) + 26 + 5 + 14;
      if (used > 0 && used + need > width) { rows += 1; used = 0; }
      used += need;
    });
    return rows;
  }

  function shortName(strategy, theme) { return fit(strategy.name, Math.min(190, theme.width * 0.42), 12); }

  /* The legend of a chart that stands alone; in the page the strategies are chosen above all charts. */
  function strategyLegend(data, theme) {
    if (!theme.legend || data.strategies.length < 2) return {option: {show: false}, height: 0};
    var shown = {};
    data.strategies.forEach(function (s) { shown[key(s)] = shortName(s, theme); });
    var option = {
      show: true, left: 0, top: 0, itemWidth: 26, itemHeight: 9, itemGap: 14, selectedMode: false,
      textStyle: {color: theme.ink, fontSize: 12, fontFamily: FONT},
      formatter: function (name) { return shown[name]; },
      data: data.strategies.map(function (s) { return {name: key(s)}; })
    };
    var names = data.strategies.map(function (s) { return shown[key(s)]; });
    return {option: option, height: legendRows(names, theme.width) * 23 + 6};
  }

  /* Series of a strategy have one name, which tells them from other strategies of the same name. */
  function key(strategy) { return 's' + strategy.index; }

  function axis(scale, theme, extra) {
    var option = {
      type: 'value', min: scale.min, max: scale.max, scale: true,
      axisLine: {show: true, onZero: false, lineStyle: {color: theme.axis}},
      axisTick: {show: true, customValues: scale.ticks, lineStyle: {color: theme.axis}, length: 4},
      axisLabel: {
        customValues: scale.ticks, formatter: scale.label, color: theme.muted, fontSize: 11,
        fontFamily: FONT, hideOverlap: true
      },
      splitLine: {show: true, lineStyle: {color: theme.line}},
      nameLocation: 'middle', nameTextStyle: {color: theme.muted, fontSize: 11, fontFamily: FONT},
      axisPointer: {label: {show: false}, lineStyle: {color: theme.faint, type: [3, 3]}}
    };
    for (var name in extra) option[name] = extra[name];
    return option;
  }

  /* A category axis with a name of a strategy a row, the first on top. */
  function rowAxis(names, theme, room) {
    return {
      type: 'category', inverse: true, data: names,
      axisLine: {show: true, onZero: false, lineStyle: {color: theme.axis}}, axisTick: {show: false},
      axisLabel: {
        interval: 0, color: theme.ink, fontSize: 12, fontFamily: FONT,
        formatter: function (name) { return fit(name, room - 12, 12); }
      },
      splitLine: {show: false}
    };
  }

  /* Room for the names left of the rows. */
  function rowRoom(names, theme) {
    var most = theme.width < 480 ? 112 : 180, need = 0;
    names.forEach(function (name) { need = Math.max(need, textWidth(name, 12)); });
    return Math.min(most, Math.ceil(need) + 14);
  }

  /* A limit that no strategy owns: a nameless series of its own, so that it stays when strategies are hidden. Limits
     on the x axis are labelled above the plot, each on a line of its own, so that no label meets a curve. */
  function limitSeries(limits, theme) {
    return {
      type: 'line', name: '', data: [], silent: true, z: 1, animation: false,
      markLine: {
        symbol: 'none', silent: true, animation: false, z: 1,
        lineStyle: {color: theme.limit, type: [5, 4], width: 1.3},
        data: limits
      }
    };
  }

  function verticalLimit(at, words, level, theme, scale, plotWidth, inverse) {
    var middle = (at - scale.min) / (scale.max - scale.min);
    var half = textWidth(words, 11) / 2 / plotWidth;
    var align = middle + half > 1.02 ? 'right' : (middle - half < -0.05 ? 'left' : 'center');
    return {
      xAxis: at,
      label: {
        show: true, position: inverse ? 'start' : 'end', formatter: words, color: theme.limit, fontSize: 11,
        fontFamily: FONT, align: align, distance: [0, 7 + 14 * level]
      }
    };
  }

  function horizontalLimit(at, words, theme) {
    return {
      yAxis: at,
      label: {
        show: true, position: 'insideEndTop', formatter: words, color: theme.limit, fontSize: 11, fontFamily: FONT,
        distance: [2, 7]
      }
    };
  }

  function swatch(theme, strategy) {
    var pattern = theme.dashes[strategy.index % theme.dashes.length].join(' ');
    var tint = color(theme, strategy);
    return '<svg class="swatch" width="26" height="12" aria-hidden="true"><path d="M0 6H26" stroke="' + tint +
      '" stroke-width="2" stroke-dasharray="' + pattern + '"/><path transform="translate(8.5 1.5) scale(.9)" d="' +
      theme.markers[strategy.index % theme.markers.length] + '" fill="' + tint + '"/></svg>';
  }

  /* Rows are {mark: html, name: text, value: text, note: text}. */
  function tip(title, rows) {
    var html = title ? '<div class="tip-title">' + format.escape(title) + '</div>' : '';
    html += '<table class="tip">';
    rows.forEach(function (row) {
      html += '<tr><td>' + (row.mark || '') + '</td><td><bdi>' + format.escape(fit(row.name, 230, 12)) +
        '</bdi></td><td class="num">' + format.escape(row.value) + '</td><td class="range">' +
        format.escape(row.note || '') + '</td></tr>';
    });
    return html + '</table>';
  }

  function tooltip(theme, extra) {
    var option = {
      confine: true, backgroundColor: theme.page, borderColor: theme.line, borderWidth: 1, padding: [8, 10],
      textStyle: {color: theme.ink, fontSize: 12, fontFamily: FONT}, transitionDuration: 0,
      extraCssText: 'box-shadow:0 4px 16px rgba(0,0,0,.16);border-radius:6px;max-width:min(440px,92vw);'
    };
    for (var name in extra) option[name] = extra[name];
    return option;
  }

  function frame(theme, parts) {
    var option = {
      animation: false, backgroundColor: 'transparent', textStyle: {fontFamily: FONT, color: theme.ink},
      legend: {show: false}
    };
    for (var name in parts) option[name] = parts[name];
    return option;
  }

  /* The pixels between the margins of a chart. */
  function plotWidth(theme, grid) { return theme.width - grid.left - grid.right; }

  return {
    FONT: FONT, curve: curve, textWidth: textWidth, fit: fit, color: color, marker: marker, faded: faded,
    legendRows: legendRows, strategyLegend: strategyLegend, key: key, axis: axis, rowAxis: rowAxis,
    rowRoom: rowRoom, limitSeries: limitSeries, verticalLimit: verticalLimit, horizontalLimit: horizontalLimit,
    swatch: swatch, tip: tip, tooltip: tooltip, frame: frame, plotWidth: plotWidth
  };
})();
