/* What SQLite itself takes: the rows of ping results with ten hops each, in the collector's tables,
 * with its settings and transactions, by prepared statements. Prints results a second and the longest transaction in ms.
 *
 * ingest FOLDER SECONDS RESULTS_A_FILE */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BODIES = 64, RESULTS = 1000, HOPS = 10 };

static const char *SCHEMA =
    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 5000;"
    "CREATE TABLE ping_results (id INTEGER PRIMARY KEY, ip TEXT, sent INTEGER, received INTEGER, packet_loss REAL,"
    " avg_rtt INTEGER, timestamp DATETIME, error TEXT, created_at DATETIME);"
    "CREATE TABLE traceroute_results (id INTEGER PRIMARY KEY, ping_result_id INTEGER, method TEXT, completed BOOLEAN,"
    " error TEXT, FOREIGN KEY (ping_result_id) REFERENCES ping_results (id));"
    "CREATE TABLE traceroute_hops (id INTEGER PRIMARY KEY, traceroute_id INTEGER, ttl INTEGER, ip TEXT, rtt INTEGER,"
    " timeout BOOLEAN, FOREIGN KEY (traceroute_id) REFERENCES traceroute_results (id));"
    "CREATE INDEX a ON ping_results (ip); CREATE INDEX b ON ping_results (timestamp);"
    "CREATE INDEX c ON traceroute_hops (ip);";

static char ips[BODIES][RESULTS][HOPS][16];

static uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdULL;
  x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return (x ^ (x >> 33)) & 0x7fffffffffffffffULL;
}

/* As in CollectorIngest.java. */
static void address(char *text, uint64_t seed, int hop) {
  uint64_t n = hop == HOPS ? mix(seed) % 1000000 : hop <= 3 ? mix(seed) % 8 : hop <= 6 ? mix(seed + hop) % 2000 : mix(seed + hop) % 50000;
  snprintf(text, 16, "%d.%d.%d.%d", hop == HOPS ? 20 : 100 + hop, (int)(n >> 16 & 255), (int)(n >> 8 & 255), (int)(n & 255));
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void must(sqlite3 *db, int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
    fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
  }
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  must(db, sqlite3_prepare_v2(db, sql, -1, &statement, 0));
  return statement;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  double seconds = atof(arguments[2]);
  long a_file = atol(arguments[3]);
  for (int b = 0; b < BODIES; b++)
    for (int r = 0; r < RESULTS; r++)
      for (int h = 1; h <= HOPS; h++) address(ips[b][r][h - 1], (uint64_t)b * RESULTS + r + 1, h);
  long results = 0;
  double begin = now(), longest = 0, spent = 0;
  for (int file = 0; spent < seconds; file++) {
    char path[512];
    snprintf(path, sizeof path, "%s/anchor%d.db", arguments[1], file);
    sqlite3 *db;
    must(0, sqlite3_open(path, &db));
    must(db, sqlite3_exec(db, SCHEMA, 0, 0, 0));
    sqlite3_stmt *ping = prepared(db, "INSERT INTO ping_results VALUES (?,?,?,?,?,?,?,?,?)");
    sqlite3_stmt *trace = prepared(db, "INSERT INTO traceroute_results VALUES (?,?,?,?,?)");
    sqlite3_stmt *hop = prepared(db, "INSERT INTO traceroute_hops VALUES (?,?,?,?,?,?)");
    long id = 0;
    for (int b = 0; id < a_file && spent < seconds; b = (b + 1) % BODIES) {
      double start = now();
      must(db, sqlite3_exec(db, "BEGIN", 0, 0, 0));
      for (int r = 0; r < RESULTS; r++) {
        id++;
        char timestamp[40];
        snprintf(timestamp, sizeof timestamp, "2026-01-07 %02d:%02d:%02d+00:00", (int)(id / 3600 % 24), (int)(id / 60 % 60), (int)(id % 60));
        sqlite3_bind_int64(ping, 1, id);
        sqlite3_bind_text(ping, 2, ips[b][r][HOPS - 1], -1, SQLITE_STATIC);
        sqlite3_bind_int(ping, 3, 4);
        sqlite3_bind_int(ping, 4, 4);
        sqlite3_bind_double(ping, 5, 0);
        sqlite3_bind_int(ping, 6, 15000000);
        sqlite3_bind_text(ping, 7, timestamp, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(ping, 9, "2026-01-07 22:30:00.123456789+00:00", -1, SQLITE_STATIC);
        must(db, sqlite3_step(ping));
        sqlite3_reset(ping);
        sqlite3_bind_int64(trace, 1, id);
        sqlite3_bind_int64(trace, 2, id);
        sqlite3_bind_text(trace, 3, "icmp", -1, SQLITE_STATIC);
        sqlite3_bind_int(trace, 4, 1);
        must(db, sqlite3_step(trace));
        sqlite3_reset(trace);
        for (int h = 0; h < HOPS; h++) {
          sqlite3_bind_int64(hop, 1, (id - 1) * HOPS + h + 1);
          sqlite3_bind_int64(hop, 2, id);
          sqlite3_bind_int(hop, 3, h + 1);
          sqlite3_bind_text(hop, 4, ips[b][r][h], -1, SQLITE_STATIC);
          sqlite3_bind_int(hop, 5, 2000000 + h);
          sqlite3_bind_int(hop, 6, 0);
          must(db, sqlite3_step(hop));
          sqlite3_reset(hop);
        }
      }
      must(db, sqlite3_exec(db, "COMMIT", 0, 0, 0));
      results += RESULTS;
      double took = now() - start;
      longest = took > longest ? took : longest;
      spent = now() - begin;
    }
    sqlite3_finalize(ping);
    sqlite3_finalize(trace);
    sqlite3_finalize(hop);
    sqlite3_close(db);
    remove(path);
    spent = now() - begin;
  }
  printf("%.0f results/s, longest transaction %.0f ms, %.1f us of CPU a result\n", results / (now() - begin),
         longest * 1000, (double)clock() / CLOCKS_PER_SEC * 1e6 / results);
  return 0;
}
