// Texts of the sign-in page in Chinese and English; both dictionaries have the same keys (a test compares them).

/** @type {Record<"zh" | "en", Record<string, string>>} */
export const LOGIN_TEXTS = {
  zh: {
    title: "网格",
    subtitle: "社区网格划分",
    signIn: "登录",
    pageTitle: "登录 · 网格",
    accountName: "账号",
    password: "密码",
    noAccount: "没有账号或忘记密码？请联系管理员（wangge user add、wangge user link）。",
    otherLanguage: "English",
    switchLanguage: "Switch to English",
    byProvider: "用{provider}登录",
  },
  en: {
    title: "Wangge",
    subtitle: "Community grids",
    signIn: "Sign in",
    pageTitle: "Sign in · Wangge",
    accountName: "Account",
    password: "Password",
    noAccount: "No account, or password forgotten? Ask an administrator (wangge user add, wangge user link).",
    otherLanguage: "中文",
    switchLanguage: "切换到中文",
    byProvider: "Sign in by {provider}",
  },
};
