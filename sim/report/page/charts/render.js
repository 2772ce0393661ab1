/* From a chart's definition to what is drawn: used by the page for its interactive charts, and by rollcast itself
   (inside Duktape, without a browser) for the SVG files. */
rollcast.themed = function (themes, name, frame) {
  'use strict';
  var theme = {};
  for (var item in themes[name]) theme[item] = themes[name][item];
  theme.dashes = themes.dashes;
  theme.markers = themes.markers;
  for (var part in frame) theme[part] = frame[part];
  return theme;
};

/* A chart by its name; "heat_map/2" draws figure 2 of the data. */
rollcast.definition = function (name) {
  'use strict';
  var parts = name.split('/'), chart = rollcast.charts[parts[0]];
  if (parts.length < 2) return chart;
  function figure(data) { return data.figures[Number(parts[1])]; }
  return {
    height: function (data, theme) { return chart.height(data, theme, figure(data)); },
    option: function (data, theme) { return chart.option(data, theme, figure(data)); }
  };
};

/* The chart as SVG text, without what only a live chart needs. Element ids get `name` in front of them: several charts
   may stand in one page. */
rollcast.svg = function (echarts, name, data, themes, themeName, width) {
  'use strict';
  var definition = rollcast.definition(name);
  var theme = rollcast.themed(themes, themeName, {width: width, height: 0, legend: true});
  theme.height = definition.height(data, theme);
  var chart = echarts.init(null, null, {renderer: 'svg', ssr: true, width: width, height: theme.height});
  chart.setOption(definition.option(data, theme));
  var text = chart.renderToSVGString();
  chart.dispose();
  return text.replace(/ (ecmeta_[a-z_]+|class|pointer-events)="[^"]*"/g, '').replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/\bzr\d+-/g, name.replace('/', '-') + '-')
    .replace(/ dominant-baseline="central"/g, ' dy="0.35em"');  // which every renderer knows
};
