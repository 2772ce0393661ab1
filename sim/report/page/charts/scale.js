/* Axes with ticks that people know: 3 min, 1 h, 2 d; 1 %, 10 %; 1,000, 2,000. A scale maps values to the
   numbers that the chart library draws on a plain linear axis, so every tick and label is chosen here. */
rollcast.scale = (function () {
  'use strict';
  var format = rollcast.format;

  function log10(value) { return Math.log(value) / Math.LN10; }
  function pow10(value) { return Math.pow(10, value); }

  var MINUTE = 60, HOUR = 3600, DAY = 86400;
  /* The rarer the unit changes, the more a tick is worth: first come the units, then their handy multiples. */
  var TIMES = [
    [1, MINUTE, HOUR, DAY, 10 * DAY, 100 * DAY, 1000 * DAY, 1e-3],
    [10, 10 * MINUTE, 8 * HOUR, 3 * DAY, 30 * DAY, 365 * DAY, 1e-2, 1e-1],
    [30, 30 * MINUTE, 3 * HOUR, 2 * DAY, 5 * DAY, 20 * DAY, 60 * DAY, 180 * DAY],
    [3, 3 * MINUTE, 2 * HOUR, 4 * HOUR, 5 * HOUR, 12 * HOUR, 4 * DAY, 7 * DAY, 15 * DAY, 50 * DAY],
    [5, 20, 5 * MINUTE, 20 * MINUTE, 6 * HOUR, 16 * HOUR, 6 * DAY, 8 * DAY, 12 * DAY, 25 * DAY, 40 * DAY],
    [2, 4, 15, 2 * MINUTE, 4 * MINUTE, 15 * MINUTE, 40 * MINUTE, 50 * MINUTE, 10 * HOUR, 14 * HOUR,
     20 * HOUR, 9 * DAY, 14 * DAY]
  ];

  /* Ticks in the order of their worth, as many as fit `gap` apart (in axis units). */
  function pick(levels, low, high, map, gap) {
    var chosen = [];
    for (var level = 0; level < levels.length; ++level) {
      for (var i = 0; i < levels[level].length; ++i) {
        var value = levels[level][i];
        var at = map(value);
        if (!(value >= low && value <= high)) continue;
        var free = chosen.every(function (other) { return Math.abs(map(other) - at) >= gap; });
        if (free) chosen.push(value);
      }
    }
    return chosen.sort(function (a, b) { return a - b; });
  }

  function finish(scale, ticks, words) {
    scale.ticks = ticks.map(scale.to);
    scale.label = function (at) { return words(scale.from(at)); };
    return scale;
  }

  function logScale(low, high) {
    var pad = 0.02 * (log10(high) - log10(low));
    return {
      log: true, min: log10(low) - pad, max: log10(high) + pad,
      to: function (value) { return log10(value); }, from: pow10
    };
  }

  function linearScale(low, high) {
    var same = function (value) { return value; };
    return {log: false, min: low, max: high, to: same, from: same};
  }

  function multiples(step, low, high) {
    var result = [];
    for (var k = Math.ceil(low / step - 1e-9); k * step <= high * (1 + 1e-9) && result.length < 50; ++k) {
      result.push(k * step);
    }
    return result;
  }

  function widen(low, high) {
    if (high > low) return [low, high];
    return low > 0 ? [low * 0.8, low * 1.25] : [0, 1];
  }

  /* Steps that read well in the unit which the axis' end is told in: quarters of an hour, of a day. */
  function timeSteps(end) {
    var steps = [1e-3, 1e-2, 0.1, 1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE,
                 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 30 * DAY,
                 100 * DAY, 365 * DAY];
    var least = end >= 2 * DAY ? 6 * HOUR : (end >= HOUR ? 15 * MINUTE : (end >= MINUTE ? 15 : 0));
    return steps.filter(function (step) { return step >= least; });
  }

  /* Times so close together that the steps above pass them by: parts of the unit that the end is told in. */
  function narrow(linear, wanted) {
    var unit = linear.max >= 2 * DAY ? [DAY, ' d'] : (linear.max >= HOUR ? [HOUR, ' h']
      : (linear.max >= MINUTE ? [MINUTE, ' min'] : [1, ' s']));
    var step = niceStep(wanted / unit[0], false);
    var ticks = multiples(step * unit[0], linear.min, linear.max);
    return finish(linear, ticks, function (value) {
      return format.number(Math.round(value / unit[0] / step) * step, 9) + unit[1];
    });
  }

  /* Durations in seconds. Logarithmic from a ratio of 4 on; `pixels` is the axis' length. */
  function time(low, high, pixels, labelPixels) {
    var range = widen(low, high);
    var room = (labelPixels || 52) / Math.max(pixels, 60);
    if (range[0] > 0 && range[1] / range[0] > 4) {
      var scale = logScale(range[0], range[1]);
      var from = scale.from(scale.min), to = scale.from(scale.max);
      return finish(scale, pick(TIMES, from, to, log10, room * (scale.max - scale.min)), format.duration);
    }
    var pad = 0.04 * (range[1] - range[0]);
    var linear = linearScale(Math.max(0, range[0] - pad), range[1] + pad);
    var wanted = room * (linear.max - linear.min);
    var step = timeSteps(linear.max).filter(function (s) { return s >= wanted; })[0] || wanted;
    var ticks = multiples(step, linear.min, linear.max);
    return ticks.length > 1 ? finish(linear, ticks, format.duration) : narrow(linear, wanted);
  }

  /* "3 d", "3 d 06:00", "6:30", "6:30:05": a moment after the start, as exact as `step` asks for. */
  function moment(seconds, step) {
    var whole = Math.round(seconds), days = Math.floor(whole / DAY);
    function two(n) { return (n < 10 ? '0' : '') + n; }
    var hours = Math.floor(whole % DAY / HOUR), minutes = Math.floor(whole % HOUR / MINUTE);
    if (step >= DAY || (days > 0 && whole % DAY === 0)) return days + ' d';
    var clock = (days > 0 ? two(hours) : hours) + ':' + two(minutes);
    if (step < MINUTE) clock += ':' + two(whole % MINUTE);
    return (days > 0 ? days + ' d ' : '') + clock;
  }

  /* Moments after the start, evenly: for what people follow as on a clock. */
  function clock(low, high, pixels) {
    var scale = linearScale(low, high), wanted = 64 / Math.max(pixels, 80) * (high - low);
    var steps = timeSteps(0).filter(function (s) { return s >= Math.max(1, wanted); });
    var step = steps[0] || wanted;
    return finish(scale, multiples(step, low, high), function (value) { return moment(value, step); });
  }

  function niceStep(wanted, whole) {
    var decade = Math.pow(10, Math.floor(log10(wanted)));
    var step = [1, 2, 5, 10].map(function (m) { return m * decade; })
      .filter(function (s) { return s >= wanted * 0.999; })[0];
    return whole ? Math.max(1, Math.round(step)) : step;
  }

  function decades(low, high) {
    var levels = [[], [], []];
    for (var e = Math.floor(log10(low)) - 1; e <= Math.ceil(log10(high)); ++e) {
      levels[0].push(pow10(e));
      levels[1].push(3 * pow10(e));
      levels[2].push(2 * pow10(e), 5 * pow10(e));
    }
    return [levels[0], levels[2], levels[1]];
  }

  /* Plain numbers. `words` makes a label of a value; `whole` keeps ticks on whole numbers. */
  function linear(low, high, pixels, words, options) {
    var range = widen(low, high);
    var room = ((options && options.gap) || 56) / Math.max(pixels, 60);
    var step = niceStep(room * (range[1] - range[0]), options && options.whole);
    return finish(linearScale(range[0], range[1]), multiples(step, range[0], range[1]), words);
  }

  function log(low, high, pixels, words, options) {
    var range = low < high ? [low, high] : [low / 3, high * 3];
    var scale = logScale(range[0], range[1]);
    var room = ((options && options.gap) || 46) / Math.max(pixels, 60);
    var from = scale.from(scale.min) * (1 - 1e-9), to = scale.from(scale.max) * (1 + 1e-9);
    var levels = decades(from, to);
    if (options && options.decadesOnly) levels = [levels[0]];
    return finish(scale, pick(levels, from, to, log10, room * (scale.max - scale.min)), words);
  }

  /* Shares of one from `low` to 100 %, logarithmic, a tick a decade. */
  function shares(low, pixels) {
    var scale = log(low, 1, pixels, format.percent, {gap: 20, decadesOnly: true});
    scale.max = 0;
    return scale;
  }

  return {time: time, linear: linear, log: log, shares: shares, clock: clock, moment: moment};
})();
