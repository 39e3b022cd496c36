import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeProjects } from '../../bench/lib/project.ts';
import { digestIn, digestOfPage, openReport, reportPictures } from '../support/report-pictures.ts';
import { browserProgram, launchBrowser } from '../support/browser.ts';
import { miPatterns, orders, repository, temporaryFolder } from '../support/command.ts';

/** All rules; what passes is not written out. */
const runAxe = "axe.run({ resultTypes: ['violations'] })";

describe.skipIf(browserProgram === undefined)(
  browserProgram === undefined ? 'in a browser: skipped, there is no chromium on PATH' : 'in a browser',
  () => {
    let browser: Browser;
    let folder: string;

    beforeAll(async () => {
      folder = temporaryFolder();
      const large = makeLargeProject(join(folder, 'large'));
      writeProjects(join(folder, 'huge'), 10_000);
      await Promise.all([
        miPatterns(['plan', orders, '--report', join(folder, 'orders.html'), '--diagram', join(folder, 'orders.svg')]),
        miPatterns(['plan', large, '--report', join(folder, 'large.html'), '--diagram', join(folder, 'large.svg')]),
        miPatterns(['plan', 'huge', '--report', join(folder, 'huge.html')], { cwd: folder }),
        miPatterns(['plan', 'examples/shop', '--report', join(folder, 'shop.html')]),
        miPatterns(['plan', orders, '--pattern', 'multiple-replicas', '--report', join(folder, 'refused.html')]),
      ]);
      browser = await launchBrowser();
    });
    afterAll(() => browser?.close());

    /** A page that is waited for as long as a busy machine takes. */
    async function newPage(options: BrowserContextOptions): Promise<Page> {
      const page = await browser.newPage(options);
      page.setDefaultTimeout(300_000);
      return page;
    }

    /** Opens a file and notes everything that goes wrong or goes to the network. */
    async function open(
      file: string,
      width = 1280,
      scheme: 'light' | 'dark' = 'light',
      hash = '',
    ): Promise<{ readonly page: Page; readonly trouble: string[] }> {
      const page = await newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
      const trouble: string[] = [];
      page.on('console', (message) => trouble.push(`console ${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
      const url = pathToFileURL(join(folder, file)).href;
      page.on('request', (request) => {
        if (request.url().split('#')[0] !== url) trouble.push(`request: ${request.url()}`);
      });
      await page.goto(url + hash);
      return { page, trouble };
    }

    it.each(['orders.html', 'large.html', 'refused.html'])(
      '%s needs nothing else and fits the window',
      async (file) => {
        for (const width of [1280, 800, 390]) {
          const { page, trouble } = await open(file, width);
          expect(
            await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
            `${file} at ${width}`,
          ).toBeLessThanOrEqual(0);
          expect(trouble).toEqual([]);
          await page.close();
        }
      },
    );

    it('searches everything from anywhere, and keeps what is typed in the address', async () => {
      const { page, trouble } = await open('large.html');
      const status = (): Promise<string | null> => page.locator('#shown').textContent();
      await page.keyboard.press('/');
      await page.keyboard.type('  TASK/wwww ');
      await expect.poll(status).toMatch(/^3 of \d+$/);
      // Playwright hears of a new address later than the page.
      await expect.poll(() => new URL(page.url()).hash).toContain('q=++TASK%2Fwwww');
      expect(await page.locator('.row').first().textContent()).toContain('W'.repeat(30));
      await page.reload();
      await expect.poll(status).toMatch(/^3 of \d+$/);
      await page.getByRole('searchbox').fill('no such artifact');
      await expect.poll(status).toMatch(/^0 of \d+$/);
      expect(await page.locator('.list').textContent()).toContain('Nothing fits.');
      expect(trouble).toEqual([]);
    });

    it('puts first what has exactly the name that is searched, before what is more important', async () => {
      const { page } = await open('shop.html');
      await page.getByRole('searchbox').fill('auditmemory');
      const first = page.locator('.row b').first();
      await expect.poll(() => first.textContent()).toBe('message-store/AuditMemory');
      await page.getByRole('searchbox').fill('auditmem');
      await expect.poll(() => first.textContent()).toMatch(/^MI-/);
      await page.close();
    });

    it('filters by chips that count, and sorts', async () => {
      const { page, trouble } = await open('large.html');
      await page.getByRole('link', { name: /^Artifacts/ }).click();
      const chip = page.getByRole('button', { name: /^isolate \d+/ });
      const number = Number((await chip.textContent())?.replace(/\D/g, ''));
      await chip.click();
      await expect.poll(() => page.locator('#shown').textContent()).toMatch(new RegExp(`^${number} of `));
      expect(await chip.getAttribute('aria-pressed')).toBe('true');
      expect(await page.locator('.row').count()).toBe(number);
      await page.getByLabel('Sort by').selectOption('name');
      await expect.poll(() => page.url()).toContain('verdict=isolate&sort=name');
      const names = await page.locator('.row b').allTextContents();
      expect(names).toEqual([...names].sort());
      expect(trouble).toEqual([]);
    });

    it('shows an artifact with the line that decides, what it needs and the values it causes', async () => {
      const { page, trouble } = await open('orders.html');
      await page.goto(`${page.url()}#/artifact/task%2FrecurringOrder_Task`);
      const hit = page.locator('.excerpt .hit').first();
      await expect.poll(() => hit.textContent()).toContain('<trigger interval="60"/>');
      const text = (await page.locator('#view').textContent()) ?? '';
      expect(text).toContain('sequence/RecurringOrderSeq');
      expect(text).toMatch(/Values that it causes[^]*recurring-order-task:[^]*stateful/);
      await page.getByRole('link', { name: 'sequence/RecurringOrderSeq' }).click();
      await expect.poll(() => page.locator('h1').last().textContent()).toBe('sequence/RecurringOrderSeq');
      expect(await page.locator('#view').textContent()).toContain('task/recurringOrder_Task');
      expect(await page.title()).toMatch(/^sequence\/RecurringOrderSeq · /);
      expect(trouble).toEqual([]);
    });

    it('draws no frame around a page that was opened by its address', async () => {
      const { page } = await open('orders.html', 1280, 'light', '#/artifact/task%2FrecurringOrder_Task');
      await page.waitForFunction("document.activeElement?.id === 'main'");
      expect(await page.evaluate("getComputedStyle(document.getElementById('main')).outlineStyle")).toBe('none');
      await page.close();
    });

    it('is used with the keyboard alone', async () => {
      const { page, trouble } = await open('large.html');
      await page.keyboard.press('/');
      await page.keyboard.type('customer');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const active = page.locator('[aria-selected=true]');
      await expect.poll(() => active.getAttribute('aria-posinset')).toBe('2');
      const name = (await active.locator('b').textContent()) ?? '';
      await page.keyboard.press('Enter');
      // A browser tells the page of a new address after the key, not with it.
      await expect.poll(() => page.locator('#view h1').textContent()).toBe(name);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.url()).toContain('#/explore?q=customer');
      expect(trouble).toEqual([]);
    });

    it('says in its title and at its top whether the plan is refused', async () => {
      const { page } = await open('refused.html');
      expect(await page.title()).toMatch(/^Refused · orders 1\.2\.0 · .*multiple-replicas$/);
      expect(await page.locator('.status').textContent()).toMatch(/✗ Refused\s+2 errors/);
      expect(await page.locator('.steps li').first().textContent()).toContain('Use --pattern coordinated');
      expect(await page.locator('.card.error').first().textContent()).toContain('× 2');
      expect(await (await open('orders.html')).page.title()).toMatch(/^Fine · orders 1\.2\.0/);
    });

    it.each(['light', 'dark'] as const)('has no fault that axe finds, in the %s scheme', async (scheme) => {
      for (const [file, hash] of [
        ['large.html', ''],
        ['refused.html', ''],
        ['large.html', '#/explore'],
        ['orders.html', '#/artifact/task%2FrecurringOrder_Task'],
        ['orders.html', '#/workload/integration'],
        ['shop.html', ''],
        ['refused.html', '#/finding/0'],
      ] as const) {
        const { page } = await open(file, 1280, scheme, hash);
        await page.evaluate(axe.source);
        const found = (await page.evaluate(runAxe)) as { violations: { id: string; nodes: { html: string }[] }[] };
        expect(
          found.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`),
          `${file}${hash}`,
        ).toEqual([]);
        await page.close();
      }
    });

    it('keeps 10,000 artifacts below 3 MB and in a page of a few screens', async () => {
      expect(statSync(join(folder, 'huge.html')).size).toBeLessThan(1_000_000);
      const { page, trouble } = await open('huge.html', 1280, 'light', '#/explore');
      expect(await page.locator('#shown').textContent()).toMatch(/^1\d,\d{3} of /);
      expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(2_000);
      expect(await page.locator('.row').count()).toBeLessThan(60);
      await page.locator('.list').press('End');
      await expect.poll(() => page.locator('[aria-selected=true]').isVisible()).toBe(true);
      expect(trouble).toEqual([]);
    });

    it('fits the picture into the page, and zooms with buttons, keys and the wheel', async () => {
      const { page, trouble } = await open('shop.html');
      const picture = page.locator('.picture');
      const beyond = (): Promise<number> =>
        page.evaluate(
          "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.picture'))",
        );
      expect(await beyond()).toBe(0);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await expect.poll(beyond).toBeGreaterThan(100);
      const once = await beyond();
      await picture.focus();
      await page.keyboard.press('+');
      await expect.poll(beyond).toBeGreaterThan(once);
      await page.keyboard.press('-');
      await expect.poll(beyond).toBe(once);
      await page.keyboard.press('0');
      await expect.poll(beyond).toBe(0);
      await picture.hover();
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -200);
      await page.keyboard.up('Control');
      await expect.poll(beyond).toBeGreaterThan(0);
      const box = await picture.boundingBox();
      const [x, y] = [(box?.x ?? 0) + 300, (box?.y ?? 0) + 30];
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x - 150, y);
      await page.mouse.up();
      await expect.poll(() => page.evaluate("document.querySelector('.picture').scrollLeft")).toBeGreaterThan(100);
      expect(trouble).toEqual([]);
    });

    it('starts on a small screen where the first workload is, and a table keeps room for names', async () => {
      const small = await open('orders.html', 360);
      const left = await small.page.evaluate(
        "document.querySelector('[data-frame] rect').getBoundingClientRect().left - document.querySelector('.picture').getBoundingClientRect().left",
      );
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThan(100);
      const wide = await open('orders.html', 1024);
      const broken =
        "[...document.querySelectorAll('td .id')].filter((id) => id.getClientRects()[0].height > 24).length";
      expect(await wide.page.evaluate(broken)).toBe(0);
    });

    it('collapses a workload by click and by keyboard, and what is below moves up', async () => {
      const { page, trouble } = await open('shop.html');
      const workload = (name: string): Locator => page.getByRole('button', { name: new RegExp(`^${name}\\b`) });
      const top = async (name: string): Promise<number> =>
        ((await workload(name).boundingBox())?.y ?? 0) - ((await page.locator('.picture').boundingBox())?.y ?? 0);
      const inside = page.locator('[data-in]').filter({ hasText: 'CatalogueImport' });
      const before = await top('pay-orders-processor');
      await workload('catalogue-import-proxy').locator('text').first().click();
      await expect.poll(() => workload('catalogue-import-proxy').getAttribute('aria-expanded')).toBe('false');
      expect(await inside.isVisible()).toBe(false);
      expect(await top('pay-orders-processor')).toBeLessThan(before - 20);
      await workload('catalogue-import-proxy').press('Enter');
      await expect.poll(() => inside.isVisible()).toBe(true);
      expect(await top('pay-orders-processor')).toBeCloseTo(before, 0);
      await page.getByRole('button', { name: 'Collapse workloads' }).click();
      await expect.poll(() => page.locator('[data-in]:visible').count()).toBe(0);
      await page.evaluate(axe.source);
      expect(await page.evaluate(`${runAxe}.then(({ violations }) => violations.map(({ id }) => id))`)).toEqual([]);
      expect(trouble).toEqual([]);
    });

    it('is readable on paper and without scripts', async () => {
      const { page } = await open('large.html');
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('header').isVisible()).toBe(false);
      expect(
        await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
      ).toBeLessThanOrEqual(0);
      const context = await browser.newContext({ javaScriptEnabled: false });
      const plain = await context.newPage();
      await plain.goto(pathToFileURL(join(folder, 'refused.html')).href);
      expect(await plain.locator('main').innerText()).toMatch(/Refused[^]*MI-PLAN-STATEFUL[^]*Patterns side by side/);
      await context.close();
    });

    it.each(['light', 'dark'] as const)('has enough contrast in the %s scheme', async (scheme) => {
      for (const file of ['large.html', 'refused.html']) {
        const { page } = await open(file, 1280, scheme);
        expect(await page.evaluate(faintText), file).toEqual([]);
        await page.close();
      }
    });

    it('shows what markup in a name says, and runs none of it', async () => {
      const { page, trouble } = await open('large.html');
      expect(await page.locator('img').count()).toBe(0);
      await page.goto(`${page.url()}#/explore?q=img`);
      await expect.poll(() => page.locator('.list').textContent()).toContain('<img src=x onerror=alert(1)>');
      expect(await page.locator('img').count()).toBe(0);
      expect(trouble).toEqual([]);
    });

    it.each(['orders.svg', 'large.svg'])('%s keeps every text inside its card', async (file) => {
      const { page, trouble } = await open(file);
      expect(await page.evaluate(textOutsideItsCard)).toEqual([]);
      expect(trouble).toEqual([]);
    });

    it.each(reportPictures)('docs/images/%s.png shows the report as it is', async (name, hash, height) => {
      const page = await newPage({ viewport: { width: 1240, height }, colorScheme: 'light' });
      await openReport(page, pathToFileURL(join(folder, 'shop.html')).href, hash);
      const pictured = digestIn(readFileSync(join(repository, 'docs/images', `${name}.png`)));
      expect(pictured === (await digestOfPage(page)) ? 'up to date' : 'run npm run screenshots').toBe('up to date');
      await page.close();
    });

    it('can be looked at, when a folder for pictures is named', async () => {
      const out = process.env.MI_PATTERNS_SCREENSHOTS;
      if (out === undefined) return;
      mkdirSync(out, { recursive: true });
      for (const [file, width, scheme] of [
        ['orders.html', 1280, 'light'],
        ['orders.html', 1280, 'dark'],
        ['large.html', 1280, 'light'],
        ['large.html', 800, 'light'],
        ['refused.html', 1280, 'light'],
        ['shop.html', 1280, 'light'],
        ['shop.html', 390, 'dark'],
        ['orders.svg', 1280, 'light'],
        ['large.svg', 1280, 'light'],
      ] as const) {
        const { page } = await open(file, width, scheme);
        await page.screenshot({ path: join(out, `${file}-${width}-${scheme}.png`), fullPage: file.endsWith('html') });
        await page.close();
      }
    });
  },
);

/** Names as real projects have them: long, without a space, with markup in them. */
function makeLargeProject(folder: string): string {
  const artifacts = join(folder, 'src/main/wso2mi/artifacts');
  for (const kind of ['apis', 'tasks', 'sequences']) mkdirSync(join(artifacts, kind), { recursive: true });
  mkdirSync(join(folder, 'deployment'), { recursive: true });
  writeFileSync(
    join(folder, 'pom.xml'),
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>large</artifactId><version>1.0.0</version><packaging>pom</packaging><properties><projectType>integration-project</projectType><project.runtime.version>4.4.0</project.runtime.version></properties></project>',
  );
  const flow = '<log level="simple"/>';
  for (let index = 0; index < 24; index += 1) {
    const name = `${'Customer'.repeat(1 + (index % 6))}API${index}`;
    writeFileSync(
      join(artifacts, 'apis', `${name}.xml`),
      `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/c${index}"><resource methods="GET"><inSequence>${flow}<respond/></inSequence></resource></api>`,
    );
  }
  const names = [
    'Short',
    'A_very_long_name_of_a_task_that_synchronises_all_invoices_of_all_subsidiaries_every_night',
    'WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW',
    '&lt;img src=x onerror=alert(1)&gt;',
    'Überweisungen_日本語',
  ];
  names.forEach((name, index) => {
    writeFileSync(
      join(artifacts, 'tasks', `task${index}.xml`),
      `<task xmlns="http://ws.apache.org/ns/synapse" name="${name}" class="org.apache.synapse.startup.tasks.MessageInjector" group="synapse.simple.quartz"><trigger interval="${index + 5}"/><property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="injectTo" value="sequence"/><property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="sequenceName" value="MissingSequence${index}"/><property name="message"><m xmlns=""/></property></task>`,
    );
  });
  return folder;
}

/** Runs in the page: visible text whose contrast with what lies behind it is below 4.5 to 1 (WCAG 2 AA). */
const faintText = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((value) => { const part = value / 255; return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; }).reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const behind = (element) => { for (let node = element; node; node = node.parentElement) { const colour = channels(getComputedStyle(node).backgroundColor); if (colour.length === 3 || colour[3] === 1) return colour; } return [255, 255, 255]; };
  const faint = [];
  for (const element of document.querySelectorAll('body *:not(svg *):not(script)')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')) continue;
    const [front, back] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) faint.push(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
  }
  return [...new Set(faint)];
})()`;

/** Runs in a picture: texts that reach beyond the rectangle of their group. */
const textOutsideItsCard = `[...document.querySelectorAll('g')].filter((group) => group.querySelector(':scope > rect')).flatMap((group) => {
  const card = group.querySelector('rect').getBBox();
  return [...group.querySelectorAll('text')].filter((text) => { const box = text.getBBox(); return box.x < card.x || box.x + box.width > card.x + card.width || box.y + box.height > card.y + card.height; }).map((text) => text.textContent);
})`;
