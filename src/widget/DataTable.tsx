import type { Table } from "./defineWidget.ts";

/** The numbers of a picture as a table whose first column labels the rows. */
export function DataTable({ table, caption }: { readonly table: Table; readonly caption: string }) {
  const { columns, rows } = table;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <section className="gb-table" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>{columns.map((column, i) => <th key={i} scope="col">{column}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>{row.map((cell, c) => (c === 0 ? <th key={c} scope="row">{cell}</th> : <td key={c}>{cell}</td>))}</tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
