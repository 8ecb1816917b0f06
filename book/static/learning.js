/* Quizzes that keep a score, and marks that say how far the reader got.
   Everything is kept in this browser: nothing leaves the page. Where the browser keeps nothing,
   the marks last as long as the page. Without this script the answers still open. */

(() => {
  "use strict";

  const chapters = window.courseChapters ?? {};
  const root = new URL("..", document.currentScript.src);
  const prefix = `course ${root.pathname} `;
  const memory = new Map();

  const make = (tag, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const pageOf = (address) => {
    const { pathname } = new URL(address, location.href);
    return decodeURI(pathname.slice(root.pathname.length)).replace(/\.html$/, "");
  };
  const here = pageOf(location.href);

  // What is kept of a chapter: { reached: "third" or "end", quiz: { key: letters in their order } }

  const load = (page) => {
    try {
      return JSON.parse(localStorage.getItem(prefix + page)) ?? {};
    } catch {
      return memory.get(page) ?? {};
    }
  };

  const save = (page, kept) => {
    memory.set(page, kept);
    try {
      localStorage.setItem(prefix + page, JSON.stringify(kept));
    } catch {
      // Blocked or full: the page remembers as long as it is open.
    }
  };

  const forget = () => {
    memory.clear();
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
      for (const key of keys) localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  };

  // A question whose wording has changed has another key: what was answered before is not counted.
  const standing = (page) => {
    const { reached, quiz = {} } = load(page);
    const keys = Object.keys(chapters[page]);
    const answered = keys.filter((key) => quiz[key]);
    const right = answered.filter((key) => quiz[key][0] === chapters[page][key]);
    const done = keys.length > 0 && answered.length === keys.length;
    const state = done ? "quiz done" : { third: "begun", end: "read" }[reached];
    return {
      state: state ?? "not started",
      read: reached === "end",
      questions: keys.length,
      answered: answered.length,
      right: right.length,
    };
  };

  // Marks: the shape tells the states apart, a word says the same.

  const SHAPES = {
    "not started": "",
    begun: '<path class="fill" d="M8 2a6 6 0 0 1 0 12z"/>',
    read: '<circle class="fill" cx="8" cy="8" r="6"/>',
    "quiz done":
      '<circle class="fill" cx="8" cy="8" r="6"/><path class="tick" d="m5 8.2 2.2 2.3L11 5.8"/>',
  };

  const sign = (state) =>
    `<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/>${SHAPES[state]}</svg>`;

  const overview = document.querySelector(".course-progress");
  const marked = overview ? ".bd-links a, article td a, .route-chapter a" : ".bd-links a";

  const markLinks = () => {
    for (const link of document.querySelectorAll(marked)) {
      const page = pageOf(link.href);
      if (!Object.hasOwn(chapters, page)) continue;
      const { state } = standing(page);
      link.querySelector(".progress-mark")?.remove();
      if (state === "not started" && link.closest(".bd-links")) continue;
      const mark = make("span", { className: "progress-mark", title: state });
      // A word joiner keeps the sign on the line of the last word.
      mark.innerHTML = `\u2060${sign(state)}`;
      mark.append(make("span", { className: "visually-hidden", textContent: ` (${state})` }));
      link.append(mark);
    }
  };

  // The line on the landing page and on the page of routes

  const addOverview = (place) => {
    const line = make("p", { tabIndex: -1 });
    line.setAttribute("role", "status");
    const button = make("button", { type: "button", textContent: "Forget my progress" });
    const legend = make("p", { className: "progress-legend" });
    legend.innerHTML =
      Object.keys(SHAPES).map((state) => `<span>${sign(state)} ${state}</span>`).join(" ") +
      " <span>Kept in this browser only.</span>";
    button.addEventListener("click", () => {
      if (!confirm("Forget which chapters you have read, and all answers to quizzes?")) return;
      forget();
      showAll();
      line.focus();
    });
    place.append(line, legend, button);
    place.hidden = false;
    return () => {
      const all = Object.keys(chapters).map(standing);
      const sum = (name) => all.reduce((total, one) => total + Number(one[name]), 0);
      button.hidden = all.every((one) => one.state === "not started" && !one.answered);
      line.textContent =
        `You have read ${sum("read")} of ${all.length} chapters; ` +
        `quizzes: ${sum("right")} of ${sum("questions")} right at the first try.`;
    };
  };

  // A quiz

  const answersOf = (question) => [...question.querySelectorAll("details")];
  const letter = (number) => String.fromCharCode(97 + number);

  // The letters of the answers that were opened, in the order of opening.
  const opened = (question) => load(here).quiz?.[question.dataset.key] ?? "";

  const choose = (question, chosen) => {
    const before = opened(question);
    if (before.includes(chosen)) return;
    const kept = load(here);
    const known = Object.entries(kept.quiz ?? {}).filter(([key]) => key in chapters[here]);
    kept.quiz = { ...Object.fromEntries(known), [question.dataset.key]: before + chosen };
    save(here, kept);
    showAll();
  };

  const showAnswers = (question) => {
    answersOf(question).forEach((answer, number) => {
      const summary = answer.querySelector("summary");
      summary.querySelector(".quiz-mark")?.remove();
      if (!opened(question).includes(letter(number))) return;
      const right = question.dataset.right === letter(number);
      const mark = make("span", { className: right ? "quiz-mark right" : "quiz-mark" });
      mark.append(make("span", { textContent: right ? "✓ " : "✗ " }), right ? "right" : "not this one");
      mark.firstChild.setAttribute("aria-hidden", "true");
      summary.querySelector(".sd-summary-text").append(" ", mark);
    });
  };

  const addQuiz = (questions) => {
    for (const question of questions) {
      answersOf(question).forEach((answer, number) => {
        // A click, by mouse or key, is a choice; opening by the browser, to print or to find, is not.
        answer.querySelector("summary").addEventListener("click", () => {
          if (!answer.open) choose(question, letter(number));
        });
      });
    }
    const line = make("p");
    line.setAttribute("role", "status");
    const again = make("button", { type: "button", textContent: "Try again" });
    again.addEventListener("click", () => {
      save(here, { ...load(here), quiz: {} });
      for (const answer of questions.flatMap(answersOf)) answer.open = false;
      showAll();
      questions[0].querySelector("summary").focus();
    });
    const hint = "Open the answer that you hold to be right. Your first choice counts.";
    questions[0].before(make("p", { textContent: hint }));
    questions.at(-1).after(make("div", { className: "quiz-score" }, [line, again]));
    return () => {
      questions.forEach(showAnswers);
      const { answered, right, questions: total } = standing(here);
      again.hidden = answered === 0;
      const open = total - answered;
      line.textContent = answered
        ? `${right} of ${total} right at the first try${open ? `; ${open} to go` : ""}.`
        : `None of ${total} answered yet.`;
    };
  };

  // How far the reader scrolled

  const follow = (article, summary) => {
    const note = (reached) => {
      const kept = load(here);
      if (kept.reached === reached || kept.reached === "end") return;
      save(here, { ...kept, reached });
      showAll();
    };
    const look = () => {
      const { top, height } = article.getBoundingClientRect();
      if (summary.getBoundingClientRect().top < innerHeight) {
        note("end");
        removeEventListener("scroll", look);
      } else if (innerHeight - top > height / 3) {
        note("third");
      }
    };
    addEventListener("scroll", look, { passive: true });
  };

  const parts = [markLinks];
  const showAll = () => parts.forEach((show) => show());

  if (overview) parts.push(addOverview(overview));
  if (Object.hasOwn(chapters, here)) {
    const questions = [...document.querySelectorAll(".quiz-question")];
    if (questions.length) parts.push(addQuiz(questions));
    const summary = document.getElementById("summary");
    if (summary) follow(document.querySelector("article"), summary);
  }
  showAll();
  // Another tab answered, or the reader came back to a page that the browser had kept.
  addEventListener("storage", showAll);
  addEventListener("pageshow", (event) => event.persisted && showAll());
})();
