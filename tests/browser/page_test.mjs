/* The report's page in Chromium: it stays silent and offline, holds the numbers it embeds, and answers to people.
   usage: node page_test.mjs FOLDER CHROMIUM [WORDS], with the FOLDER of make_pages.sh: what holds for any page is asked
   of the sample pages and of the page of every shipped scenario. WORDS: only tests whose names contain them. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {chromium} from 'playwright-core';

const [folder, executablePath, only] = process.argv.slice(2);
const SAMPLES = ['four', 'one', 'single-run', 'twelve', 'hostile', 'nothing'];
const file = (name) => path.resolve(folder, `${name}.html`);
const shipped = fs.readdirSync(path.resolve(folder, 'shipped'));
const shippedFile = (name, item) => path.resolve(folder, 'shipped', name, item);
const hostile = path.resolve(folder, 'hostile', '1', 'report.html');
const pages = [...SAMPLES.map(file), hostile, ...shipped.map((name) => shippedFile(name, 'report.html'))];

const browser = await chromium.launch({executablePath, args: ['--no-sandbox', '--disable-gpu']});
const tests = [];
const test = (name, body) => { if (!only || name.includes(only)) tests.push({name, body}); };

/* Opens a page in a fresh context; whatever it says to the console, asks of the network or throws fails the test. */
async function open(target, options = {}) {
  const context = await browser.newContext({viewport: {width: 1400, height: 900}, ...options});
  const page = await context.newPage();
  const url = pathToFileURL(target).href;
  const complaints = [];
  page.on('console', (message) => complaints.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('request', (request) => { if (request.url() !== url) complaints.push(`request: ${request.url()}`); });
  await page.goto(url);
  return {
    page,
    async close() {
      await context.close();
      assert.deepEqual(complaints, [], path.basename(target));
    },
  };
}

const dataOf = (page) => page.evaluate(() => JSON.parse(document.getElementById('data').textContent));
const chip = (page, index) => page.locator(`.chip[data-chip="${index}"] input`);
const row = (page, index) => page.locator(`table.decision tr[data-strategy="${index}"]`);

/* Pairs of texts of one drawing that overlap by more than a hair, and texts that stick out of it. */
function collisionsIn(selector) {
  const found = [];
  for (const svg of document.querySelectorAll(selector)) {
    const chart = svg.closest('figure').dataset.chart;
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map((text) => ({text: text.textContent, box: text.getBoundingClientRect()}))
      .filter((item) => item.box.width > 0);
    texts.forEach((a, i) => {
      if (a.box.left < frame.left - 2 || a.box.right > frame.right + 2 || a.box.top < frame.top - 2 ||
          a.box.bottom > frame.bottom + 2) found.push(`${chart}: "${a.text}" sticks out`);
      for (const b of texts.slice(i + 1)) {
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (width > 2 && height > 3) found.push(`${chart}: "${a.text}" and "${b.text}"`);
      }
    });
  }
  return found;
}

/* Tests of one view of a page, which is opened once: the last one closes it and finds that it was silent and offline. */
function looking(name, target, options, cases) {
  let view;
  for (const [what, look] of Object.entries(cases)) {
    test(`${name}: ${what}`, async () => {
      view ??= await open(target, options);
      await look(view.page);
    });
  }
  test(`${name}: silent and offline, ${JSON.stringify(options)}`, async () => {
    view ??= await open(target, options);
    await view.close();
  });
}

async function everyChartIsDrawn(page) {
  const charts = await page.$$eval('figure[data-chart]', (figures) => figures.map((figure) => ({
    name: figure.dataset.chart,
    paths: figure.querySelectorAll('.live svg path').length,
    live: getComputedStyle(figure.querySelector('.live')).display,
    fixed: getComputedStyle(figure.querySelector('.static')).display,
  })));
  assert.ok(charts.length >= 3, `${charts.length} charts`);
  for (const chart of charts) {
    assert.ok(chart.paths > 3, `${chart.name} is drawn`);
    assert.deepEqual([chart.live, chart.fixed], ['block', 'none'], chart.name);
  }
}

async function labelsDoNotCollide(page) {
  assert.deepEqual(await page.evaluate(collisionsIn, '.live svg'), []);
}

async function headingsAndNames(page) {
  const levels = await page.$$eval('h1,h2,h3,h4', (headings) => headings.map((heading) => Number(heading.tagName[1])));
  assert.equal(levels.filter((level) => level === 1).length, 1);
  levels.forEach((level, i) => assert.ok(i === 0 || level - levels[i - 1] <= 1, `heading ${i}`));
  const unnamed = await page.$$eval('figure[data-chart] .live', (boxes) =>
    boxes.filter((box) => (box.getAttribute('aria-label') || '').length < 30).length);
  assert.equal(unnamed, 0);
}

async function tablePrintsEmbeddedNumbers(page) {
  const data = await dataOf(page);
  for (const strategy of data.strategies) {
    const text = await row(page, strategy.index).innerText();
    for (const shown of [strategy.ready.p50_text, strategy.ready.p90_text, strategy.ready.p99_text,
      strategy.cost.ranked.text]) {
      assert.ok(text.includes(shown), `${shown} in ${text}`);
    }
  }
}

async function printed(page) {
  await page.emulateMedia({media: 'print'});
  assert.ok(await page.locator('figure[data-chart] .static svg').first().isVisible());
  assert.equal(await page.locator('figure[data-chart] .live').first().isVisible(), false);
  assert.equal(await page.locator('#theme').isVisible(), false);
  assert.deepEqual(await page.evaluate(collisionsIn, '.static svg'), []);
  const pdf = await page.pdf({format: 'A4'});
  assert.ok(pdf.length > 20000, `${pdf.length} bytes of PDF`);
}

async function tableScrollsInstead(page) {
  const [wide, table] = await page.evaluate(() => {
    const scroll = document.querySelector('.scroll');
    return [document.documentElement.scrollWidth, scroll.scrollWidth > scroll.clientWidth];
  });
  assert.ok(wide <= 390, `the page is ${wide} wide`);
  assert.ok(table, 'the decision table scrolls');
}

async function drawingsStandInThePage(page) {
  assert.ok(await page.locator('table.decision').isVisible());
  const hidden = await page.locator('figure[data-chart] .static svg').evaluateAll((drawings) =>
    drawings.filter((drawing) => !drawing.checkVisibility()).length);
  assert.equal(hidden, 0);
}

for (const target of pages) {
  const name = target.endsWith('report.html') ? path.basename(path.dirname(target)) : path.basename(target, '.html');
  looking(name, target, {viewport: {width: 1400, height: 900}}, {
    'every chart is drawn': everyChartIsDrawn,
    'labels do not collide at 1400': labelsDoNotCollide,
    'one top heading, no level left out, every figure named': headingsAndNames,
    'the table prints the numbers that are embedded': tablePrintsEmbeddedNumbers,
    'printed, the drawings take the place of the charts, and their labels do not collide': printed,
  });
  looking(name, target, {viewport: {width: 800, height: 900}}, {'labels do not collide at 800': labelsDoNotCollide});
  looking(name, target, {viewport: {width: 390, height: 900}}, {
    'no sideways scroll on a narrow screen; the table scrolls instead': tableScrollsInstead,
    'labels do not collide at 390': labelsDoNotCollide,
  });
  looking(name, target, {javaScriptEnabled: false}, {'the drawings stand in the page without scripts': drawingsStandInThePage});
}

test('a strategy can be hidden and shown again, in every chart and table, by mouse and by keyboard', async () => {
  const {page, close} = await open(file('four'));
  const tint = '#0072b2';
  const drawn = () => page.$$eval('figure[data-chart]', (figures, color) => figures
    .filter((figure) => !['timeline', 'against'].includes(figure.dataset.chart) && !figure.dataset.chart.startsWith('cost-') || figure.dataset.chart === 'cost-risk')
    .map((figure) => [...figure.querySelectorAll('.live svg *')]
      .some((item) => [item.getAttribute('stroke'), item.getAttribute('fill')].includes(color))), tint);
  assert.ok((await drawn()).every((shown) => shown), 'drawn at first');
  await chip(page, 0).uncheck();
  assert.ok((await drawn()).every((shown) => !shown), 'gone from every chart');
  assert.equal(await row(page, 0).isVisible(), false);
  assert.equal(await page.locator('tr[data-other]').filter({hasText: 'golden images'}).locator('visible=true').count(), 0);
  assert.ok(await row(page, 1).isVisible());
  await chip(page, 0).focus();
  await page.keyboard.press('Space');
  assert.ok((await drawn()).every((shown) => shown), 'back again');
  assert.ok(await row(page, 0).isVisible());
  await close();
});

test('hiding the slow strategies stretches the time axis; hiding all leaves no chart and no error', async () => {
  const {page, close} = await open(file('four'));
  const ticks = () => page.$$eval('figure[data-chart="s-curve"] .live text', (texts) => texts.map((text) => text.textContent));
  assert.ok((await ticks()).includes('10 d'));
  await chip(page, 3).uncheck();
  assert.ok(!(await ticks()).includes('10 d'));
  for (const index of [0, 1, 2]) await chip(page, index).uncheck();
  assert.equal(await page.locator('figure[data-chart="s-curve"] .live').isVisible(), false);
  await chip(page, 2).check();
  assert.ok(await page.locator('figure[data-chart="s-curve"] .live').isVisible());
  await close();
});

test('a printed page shows the strategies that were chosen', async () => {
  const {page, close} = await open(file('four'));
  const names = () => page.locator('figure[data-chart="s-curve"] .static').textContent();
  assert.ok((await names()).includes('by hand'));
  await chip(page, 3).uncheck();
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  assert.ok(!(await names()).includes('by hand'));
  assert.ok((await names()).includes('image + script'));
  await close();
});

test('light and dark: the system decides, then the reader, and the page remembers', async () => {
  const {page, close} = await open(file('four'), {colorScheme: 'dark'});
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await background(), 'rgb(18, 22, 28)');
  assert.ok(await page.locator('figure[data-chart="s-curve"] .live [stroke="#4aa3e0"]').count() > 0, 'dark colours in charts');
  await page.click('#theme');
  assert.equal(await background(), 'rgb(255, 255, 255)');
  assert.ok(await page.locator('figure[data-chart="s-curve"] .live [stroke="#0072b2"]').count() > 0, 'light colours in charts');
  await page.reload();
  assert.equal(await background(), 'rgb(255, 255, 255)');
  await close();
});

test('hovering a chart tells exact values and their intervals', async () => {
  const {page, close} = await open(file('four'));
  const data = await dataOf(page);
  const tip = async (chart, x, y) => {
    const box = page.locator(`figure[data-chart="${chart}"] .live`);
    await box.scrollIntoViewIfNeeded();
    const {width, height} = await box.boundingBox();
    await box.hover({position: {x: width * x, y: height * y}, force: true});
    const tooltip = box.locator('table.tip');
    await tooltip.waitFor({timeout: 2000});
    return box.locator('div:has(> table.tip)').innerText();
  };
  const costs = await tip('cost-phases', 0.5, 0.75);
  const slow = data.strategies[3];
  assert.ok(costs.includes(slow.cost.total.text) && costs.includes(slow.cost.ranked.range), costs);
  const curve = await tip('s-curve', 0.5, 0.5);
  assert.match(curve, /ready within/);
  for (const strategy of data.strategies) assert.ok(curve.includes(strategy.name), curve);
  assert.match(await tip('exceedance', 0.5, 0.5), /instances or more/);
  assert.match(await tip('fan', 0.5, 0.5), /of the fleet in service after/);
  await close();
});

test('a table sorts by a column, both ways, with what was not reached at the slow end', async () => {
  const {page, close} = await open(file('four'));
  const order = () => page.$$eval('table.decision tbody tr', (rows) => rows.map((one) => Number(one.dataset.strategy)));
  const header = page.locator('table.decision thead button', {hasText: 'P99'}).first();
  await header.click();
  assert.deepEqual(await order(), [0, 2, 1, 3]);
  assert.equal(await page.locator('table.decision th[aria-sort="ascending"]').count(), 1);
  await header.click();
  assert.deepEqual(await order(), [3, 1, 2, 0]);
  await close();
});

test('the timeline zooms by button and by dragging, and tells what lies under the pointer', async () => {
  const {page, close} = await open(file('four'));
  const figure = page.locator('figure[data-chart="timeline"]');
  const live = figure.locator('.live');
  await live.scrollIntoViewIfNeeded();
  const drawn = () => live.locator('svg').evaluate((svg) => [...svg.querySelectorAll('path,text')]
    .map((item) => [item.getAttribute('d'), item.getAttribute('transform'), item.textContent].join(' ')).join('\n'));
  const ticks = () => live.locator('text').allTextContents();
  const whole = await drawn();
  assert.ok((await ticks()).includes('web[12]'), 'instances are named where there is room');
  const plot = await page.evaluate(() => {
    const theme = {width: document.querySelector('figure[data-chart="timeline"]').clientWidth};
    return {width: theme.width};
  });
  const box = await live.boundingBox();
  /* the rows lie in the middle of the drawing */
  await page.mouse.move(box.x + plot.width * 0.3, box.y + box.height * 0.5);
  const tip = figure.locator('.timeline-tip');
  await tip.waitFor({timeout: 2000});
  assert.match(await tip.innerText(), /(web|db)\[\d+\] at /);
  await page.mouse.down();
  await page.mouse.move(box.x + plot.width * 0.5, box.y + box.height * 0.55, {steps: 4});
  assert.ok(await figure.locator('.timeline-frame').isVisible(), 'the part is framed while dragging');
  await page.mouse.up();
  const zoomed = await drawn();
  assert.notEqual(zoomed, whole);
  await figure.getByRole('button', {name: 'Later'}).focus();
  await page.keyboard.press('Enter');
  assert.notEqual(await drawn(), zoomed, 'keyboard moves it');
  await figure.getByRole('button', {name: 'Roll-out'}).click();
  assert.equal(await drawn(), whole);
  await figure.getByRole('button', {name: 'Whole run'}).click();
  assert.ok((await ticks()).includes('30 d'), `the horizon is on the axis: ${await ticks()}`);
  await figure.getByRole('button', {name: 'Zoom in'}).click();
  await figure.getByRole('button', {name: 'Zoom out'}).click();
  assert.ok((await ticks()).includes('30 d'));
  await close();
});

for (const name of shipped) {
  test(`${name}: the page and summary.json hold the same numbers`, async () => {
    const summary = JSON.parse(fs.readFileSync(shippedFile(name, 'summary.json'), 'utf8'));
    const {page, close} = await open(shippedFile(name, 'report.html'));
    const data = await dataOf(page);
    assert.equal(data.strategies.length, summary.strategies.length);
    data.strategies.forEach((strategy, i) => {
      const {metrics} = summary.strategies[i];
      assert.equal(strategy.name, summary.strategies[i].name);
      for (const level of ['p5', 'p50', 'p90', 'p99']) assert.equal(strategy.ready[level], metrics.ready_time[level]);
      assert.equal(strategy.cost.total.mean, metrics['cost.total'].mean);
      assert.equal(strategy.cost.ranked.mean, metrics['cost.ranked'].mean);
      strategy.objectives.forEach((objective, k) =>
        assert.equal(objective.probability, summary.strategies[i].objectives[k].probability));
    });
    await close();
  });
}

for (const name of ['lines', 'map', 'spread', 'plan']) {
  const target = path.resolve(folder, 'explored', name, 'report.html');

  test(`explored ${name}: silent and offline, every chart drawn, its labels apart on every screen and on paper`, async () => {
    for (const width of [1400, 800, 390]) {
      const {page, close} = await open(target, {viewport: {width, height: 900}});
      const paths = await page.$$eval('figure[data-chart] .live', (boxes) => boxes.map((box) => box.querySelectorAll('svg path').length));
      assert.ok(paths.length >= (name === 'plan' ? 2 : 3) && paths.every((count) => count > 3), `${paths}`);
      assert.deepEqual(await page.evaluate(collisionsIn, '.live svg'), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await close();
    }
    const {page, close} = await open(target);
    await page.emulateMedia({media: 'print'});
    assert.deepEqual(await page.evaluate(collisionsIn, '.static svg'), []);
    await close();
  });

  if (name === 'plan') continue;
  test(`explored ${name}: the table and sweep.json hold the same points`, async () => {
    const {page, close} = await open(target);
    const {points} = JSON.parse(fs.readFileSync(path.resolve(path.dirname(target), 'sweep.json'), 'utf8'));
    const rows = await page.$$eval('table.sortable tbody tr', (items) => items.length);
    assert.equal(rows, points.reduce((sum, point) => sum + (point.refused ? 1 : point.strategies.length), 0));
    await close();
  });
}

test('a strategy that is hidden leaves the charts of a sweep, and hovering one tells values', async () => {
  const {page, close} = await open(path.resolve(folder, 'explored', 'lines', 'report.html'));
  const box = page.locator('figure[data-chart="sweep_lines/0"] .live');
  assert.ok(await box.locator('svg [stroke="#0072b2"]').count() > 0);
  await box.scrollIntoViewIfNeeded();
  const {width, height} = await box.boundingBox();
  await box.hover({position: {x: width * 0.5, y: height * 0.5}, force: true});
  await box.locator('table.tip').waitFor({timeout: 2000});
  assert.match(await box.locator('div:has(> table.tip)').innerText(), /fleet\.office\.count: /);
  await chip(page, 0).uncheck();
  assert.equal(await box.locator('svg [stroke="#0072b2"]').count(), 0);
  await close();
});

test('tables can be copied as tab-separated text, by keyboard, as they are sorted and without hidden strategies', async () => {
  const {page, close} = await open(file('four'));
  await chip(page, 1).uncheck();
  await page.locator('table.decision thead button', {hasText: 'P99'}).first().click();
  const button = page.locator('section.table .copy');
  await button.focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('section.table .copy').textContent === 'Copied');
  await page.evaluate(() => {
    const area = document.createElement('textarea');
    area.id = 'paste';
    document.body.appendChild(area);
    area.focus();
  });
  await page.keyboard.press('Control+V');
  const lines = (await page.inputValue('#paste')).trim().split('\n').map((line) => line.split('\t'));
  assert.equal(lines.length, 4);
  assert.equal(lines[0][0], 'Strategy');
  const data = await dataOf(page);
  assert.deepEqual(lines.slice(1).map((line) => line[0]), [0, 2, 3].map((i) => data.strategies[i].name));
  for (const line of lines) assert.equal(line.length, lines[0].length);
  assert.ok(lines[1].some((cell) => cell.startsWith(data.strategies[0].ready.p90_text)), lines[1].join(' | '));
  await close();
});

test('the page of a comparison is silent, sorts, fits a narrow screen and says what was changed', async () => {
  const {page, close} = await open(path.resolve(folder, 'compared', 'page.html'), {viewport: {width: 390, height: 800}});
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  assert.match(await page.locator('main').innerText(), /fleet\.office\.count/);
  assert.match(await page.locator('main').innerText(), /Paired: both have seed/);
  await page.locator('table.changes thead button', {hasText: 'Difference'}).click();
  assert.equal(await page.locator('table.changes th[aria-sort="ascending"]').count(), 1);
  await page.click('#theme');
  await close();
});

test('the search for colliding labels finds one that is planted', async () => {
  const {page, close} = await open(file('one'));
  await page.evaluate(() => {
    const text = document.querySelector('figure[data-chart="s-curve"] .live text');
    text.parentNode.appendChild(text.cloneNode(true));
  });
  assert.equal((await page.evaluate(collisionsIn, '.live svg')).length, 1);
  await close();
});

test('hostile names are there as text', async () => {
  const {page, close} = await open(file('hostile'));
  const data = await dataOf(page);
  const names = await page.$$eval('table.decision tbody th bdi', (items) => items.map((item) => item.textContent));
  assert.deepEqual(names, data.strategies.map((strategy) => strategy.name));
  assert.ok(names[0].startsWith('</script><script>alert'));
  assert.equal(names[3].length, 200);
  const tip = page.locator('figure[data-chart="s-curve"] .live');
  await tip.scrollIntoViewIfNeeded();
  const box = await tip.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await tip.locator('table.tip').waitFor({timeout: 2000});
  assert.equal(await page.locator('script').count(), 5);
  await close();
});

test('a scenario whose names try to be code is harmless, as a page and compared', async () => {
  for (const target of [hostile, path.resolve(folder, 'hostile', 'compared.html')]) {
    const {page, close} = await open(target, {viewport: {width: 390, height: 800}});
    const names = await page.$$eval('th bdi', (items) => items.map((item) => item.textContent));
    assert.ok(names.includes('</script><script>alert(1)</script><!--'));
    assert.ok(names.some((name) => name === 'W'.repeat(200)));
    assert.equal(await page.locator('img, b > b, main script').count(), 0);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    await close();
  }
});

let failed = 0;
for (const {name, body} of tests) {
  try {
    await body();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n        ${String(error.message).split('\n').slice(0, 14).map((line) => line.slice(0, 300)).join('\n        ')}`);
  }
}
await browser.close();
console.log(`${tests.length - failed} of ${tests.length} passed`);
process.exit(failed ? 1 : 0);
