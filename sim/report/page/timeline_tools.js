/* The timeline's buttons, its zoom by dragging, and the tooltip of what lies under the pointer. */
rollcast.timelineTools = function (item, themed, redraw) {
  'use strict';
  var chart = rollcast.charts.timeline, start = null, frame = null, tip = null;

  function show(view) {
    item.view = view;
    hideTip();
    redraw(item);
  }

  function scaled(factor, x, y) {
    var view = chart.viewOf(themed().data, themed().theme);
    function ends(from, to, at) {
      var middle = from + (to - from) * at, length = (to - from) * factor;
      return [middle - length * at, middle + length * (1 - at)];
    }
    var time = ends(view.from, view.to, x), rows = ends(view.first, view.last, y);
    show(chart.clamped(themed().data.replay, {from: time[0], to: time[1], first: rows[0], last: rows[1]}));
  }

  function moved(x, y) {
    var view = chart.viewOf(themed().data, themed().theme);
    var dx = (view.to - view.from) * x, dy = (view.last - view.first) * y;
    show(chart.clamped(themed().data.replay,
      {from: view.from + dx, to: view.to + dx, first: view.first + dy, last: view.last + dy}));
  }

  function addButtons() {
    var tools = document.createElement('div');
    tools.className = 'tools';
    [['Roll-out', '', function () { show(chart.rolloutView(themed().data.replay)); }],
     ['Whole run', '', function () { show(chart.wholeView(themed().data.replay)); }],
     ['+', 'Zoom in', function () { scaled(0.5, 0.5, 0.5); }],
     ['−', 'Zoom out', function () { scaled(2, 0.5, 0.5); }],
     ['←', 'Earlier', function () { moved(-0.4, 0); }],
     ['→', 'Later', function () { moved(0.4, 0); }],
     ['↑', 'Instances before', function () { moved(0, -0.4); }],
     ['↓', 'Instances after', function () { moved(0, 0.4); }]].forEach(function (entry) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = entry[0];
      if (entry[1]) button.setAttribute('aria-label', entry[1]);
      if (entry[1]) button.title = entry[1];
      button.addEventListener('click', entry[2]);
      tools.appendChild(button);
    });
    var hint = document.createElement('span');
    hint.textContent = 'Drag to zoom into a part';
    tools.appendChild(hint);
    item.figure.insertBefore(tools, item.figure.querySelector('.static'));
  }

  function place(event) {
    var bounds = item.box.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  }

  function hideTip() { if (tip) tip.hidden = true; }

  function showTip(at) {
    var html = chart.tip(themed().data, themed().theme, at[0], at[1]);
    if (!html) { hideTip(); return; }
    if (!tip) {
      tip = document.createElement('div');
      tip.className = 'timeline-tip';
      item.figure.appendChild(tip);
    }
    tip.innerHTML = html;
    tip.hidden = false;
    var left = item.box.offsetLeft + at[0] + 14, most = item.figure.clientWidth - tip.offsetWidth;
    tip.style.left = Math.max(0, Math.min(most, left)) + 'px';
    tip.style.top = item.box.offsetTop + at[1] + 16 + 'px';
  }

  function drawFrame(at) {
    if (!frame) {
      frame = document.createElement('div');
      frame.className = 'timeline-frame';
      item.figure.appendChild(frame);
    }
    frame.hidden = false;
    frame.style.left = item.box.offsetLeft + Math.min(at[0], start[0]) + 'px';
    frame.style.top = item.box.offsetTop + Math.min(at[1], start[1]) + 'px';
    frame.style.width = Math.abs(at[0] - start[0]) + 'px';
    frame.style.height = Math.abs(at[1] - start[1]) + 'px';
  }

  function released(event) {
    if (!start) return;
    var at = place(event), from = start;
    start = null;
    if (frame) frame.hidden = true;
    if (Math.abs(at[0] - from[0]) < 6) return;
    var flat = Math.abs(at[1] - from[1]) < 6, view = chart.viewOf(themed().data, themed().theme);
    var next = chart.viewBetween(themed().data, themed().theme, from[0], from[1], at[0], at[1]);
    if (flat) { next.first = view.first; next.last = view.last; }
    show(next);
  }

  addButtons();
  item.box.addEventListener('pointerdown', function (event) {
    if (event.pointerType !== 'touch' && event.button === 0) { start = place(event); event.preventDefault(); }
  });
  window.addEventListener('pointermove', function (event) {
    if (start) { hideTip(); drawFrame(place(event)); }
  });
  window.addEventListener('pointerup', released);
  item.box.addEventListener('pointermove', function (event) { if (!start) showTip(place(event)); });
  item.box.addEventListener('pointerleave', hideTip);
  item.box.addEventListener('wheel', function (event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    var at = place(event);
    scaled(event.deltaY > 0 ? 1.25 : 0.8, at[0] / item.box.clientWidth, 0.5);
  }, {passive: false});
};
