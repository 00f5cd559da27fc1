/// The database: the same SQL for SQLite and PostgreSQL, group commit, due rows, migrations.
@NullMarked
package dev.rollcall.server.sql;

import org.jspecify.annotations.NullMarked;
