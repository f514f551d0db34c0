import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { Overview } from '../../../../shared/api/overview.ts';
import { millis, SECOND } from '../../../../shared/time.ts';

const HEIGHT = 180;

/** Two lines over days. Drawn anew when its room, the data or the theme change. */
export function TrendChart({ trend }: { readonly trend: Overview['trend'] }) {
  const room = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = room.current;
    if (!element) return undefined;
    let plot: UPlot | undefined;
    const draw = () => {
      plot?.destroy();
      plot = new UPlot(optionsFor(element), dataOf(trend), element);
    };
    draw();
    const sizes = new ResizeObserver(() => plot?.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', draw);
    return () => {
      sizes.disconnect();
      theme.disconnect();
      system.removeEventListener('change', draw);
      plot?.destroy();
    };
  }, [trend]);
  return <div ref={room} className="trend-chart" aria-hidden="true" />;
}

function dataOf(trend: Overview['trend']): UPlot.AlignedData {
  return [
    trend.map(({ day }) => millis(`${day}T00:00:00.000Z`) / SECOND),
    trend.map(({ found }) => found),
    trend.map(({ resolved }) => resolved),
  ];
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const [faint, line] = [colorOf(element, '--faint'), colorOf(element, '--line')];
  const axis = { stroke: faint, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (at) => UPlot.tzDate(new Date(at * SECOND), 'Etc/UTC'),
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [
      { ...axis, values: '{MMM} {D}', space: 70 },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] },
    ],
    series: [
      {},
      { label: 'Found', stroke: colorOf(element, '--high'), width: 2, points: { show: false } },
      {
        label: 'Resolved',
        stroke: colorOf(element, '--good'),
        width: 2,
        dash: [6, 4],
        points: { show: false },
      },
    ],
  };
}

/** A token as a color that a canvas understands: the browser works out which of its two it is now. */
function colorOf(element: HTMLElement, token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
