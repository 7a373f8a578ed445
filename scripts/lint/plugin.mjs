/** An oxlint plugin with one rule: imports follow the table, whichever way they are written. */
import { dirname, relative, resolve } from "node:path";
import { refusal } from "./table.mjs";

const direction = {
  create(context) {
    const file = relative(context.cwd, context.filename).replaceAll("\\", "/");
    const judge = (node, source, isType) => {
      const specifier = source?.value;
      if (typeof specifier !== "string") return;
      const isPath = specifier.startsWith(".");
      const bare = specifier.split("?", 1)[0];
      const target = isPath ? relative(context.cwd, resolve(context.cwd, dirname(file), bare)).replaceAll("\\", "/") : bare;
      const message = refusal(file, target, { isPath, isType });
      if (message) context.report({ node, message });
    };
    const typesOnly = (node, kind) =>
      node[kind] === "type" || (node.specifiers?.length > 0 && node.specifiers.every((specifier) => specifier[kind] === "type"));
    return {
      ImportDeclaration: (node) => judge(node, node.source, typesOnly(node, "importKind")),
      ExportNamedDeclaration: (node) => judge(node, node.source, typesOnly(node, "exportKind")),
      ExportAllDeclaration: (node) => judge(node, node.source, node.exportKind === "type"),
      ImportExpression: (node) => judge(node, node.source, false),
      TSImportType: (node) => judge(node, node.source ?? node.argument?.literal ?? node.argument, true),
      // new URL("./worker.ts", import.meta.url) is an import to the bundler.
      NewExpression(node) {
        if (node.callee.name === "URL" && node.arguments[1]?.object?.type === "MetaProperty") judge(node, node.arguments[0], false);
      },
    };
  },
};

export default { meta: { name: "glassbox" }, rules: { "import-direction": direction } };
