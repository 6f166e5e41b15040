// The bed planner: a small single-page application. Its three answers are its address, /planner/bed/sun/kitchen,
// and every answer is a history entry, so the bell sees each step as a page although nothing is loaded.
const root = document.querySelector("#planner");
const base = "/planner";
const suffix = document.title;

const make = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

const chosen = () => location.pathname.slice(base.length).split("/").filter(Boolean).slice(0, 3);

const link = (className, steps, ...children) => {
  const node = make("a", className, ...children);
  node.href = [base, ...steps].join("/");
  node.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    history.pushState(null, "", node.href);
    draw(true);
  });
  return node;
};

let words;
let goods;

const title = (steps) => steps.map((step, index) => words.answers[index][step][0]).join(" · ") || words.title;

const question = (steps) => {
  const answers = Object.entries(words.answers[steps.length]).map(([key, [name, note]]) =>
    make("li", "", link("answer", [...steps, key], make("strong", "", name), make("span", "", note))),
  );
  return [
    make("p", "step", words.step.replace("{n}", steps.length + 1)),
    make("h2", "", words.questions[steps.length]),
    make("ul", "answers", ...answers),
  ];
};

// One dot is one plant; its kind depends on the last answer, its room on the first.
const bed = ([room, sun, wish]) => {
  const size = { balcony: [8, 2], bed: [10, 4], plot: [14, 6] }[room];
  const kinds = { kitchen: [1, 2, 3], bees: [4, 5, 2], calm: [1, 6, 2] }[wish];
  const gap = { sun: 0, half: 5, shade: 3 }[sun];
  const rows = Array.from({ length: size[1] }, (_, y) =>
    make(
      "div",
      "row",
      ...Array.from({ length: size[0] }, (_, x) => {
        const empty = gap && (x * 2 + y) % gap === 0;
        return make("i", empty ? "plant none" : `plant kind-${kinds[(y + Math.floor(x / 3)) % kinds.length]}`);
      }),
    ),
  );
  const drawing = make("div", "bed", ...rows);
  drawing.setAttribute("aria-hidden", "true");
  return drawing;
};

const plan = (steps) => {
  const needed = goods[steps[0]].concat(goods[steps[2]]).map(({ name, url, price, picture }) => {
    const image = make("img", "");
    Object.assign(image, { src: picture, alt: "", width: 96, height: 72, loading: "lazy" });
    const product = make("a", "needed", image, make("span", "", name), make("strong", "", price));
    product.href = url;
    return make("li", "", product);
  });
  return [
    make("h2", "", words.plan),
    bed(steps),
    make("ul", "advice", ...steps.map((step) => make("li", "", words.advice[step]))),
    make("h3", "", words.needed),
    make("ul", "needs", ...needed),
  ];
};

const draw = (moved) => {
  const steps = chosen();
  const trail = steps.length
    ? [make("p", "trail", link("back", steps.slice(0, -1), `← ${words.back}`), make("span", "", title(steps)))]
    : [];
  root.replaceChildren(...trail, ...(steps.length < 3 ? question(steps) : plan(steps)));
  document.title = steps.length ? `${title(steps)} – ${suffix}` : suffix;
  if (moved) {
    const heading = root.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
};

const start = async () => {
  const answer = await fetch(root.dataset.source);
  ({ words, goods } = await answer.json());
  addEventListener("popstate", () => draw(true));
  draw(false);
};

start();
