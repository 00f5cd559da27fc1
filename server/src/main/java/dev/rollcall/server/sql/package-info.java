/// The database: SQLite or PostgreSQL behind one text of SQL, group commit, due rows, migrations.
@NullMarked
package dev.rollcall.server.sql;

import org.jspecify.annotations.NullMarked;
