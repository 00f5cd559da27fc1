package dev.rollcall.probes;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// An error of a Go program as its `encoding/json` writes it: an object of the fields of the error's
/// own type, in which other errors are nested.
///
/// go-philae v5 wraps what a check returned with [errgo][1], whose fields are `Message_`,
/// `Underlying_`, `Cause_`, `File` and `HttpConnection`. Inside are those of its drivers and of Go's own `net`:
/// `{"Op":"dial","Net":"tcp","Addr":{"IP":"10.0.0.7","Port":5432},"Err":{...}}`, `{"Err":"no such
/// host","Name":"db"}`, `{"Severity":"FATAL","Code":"28P01","Message":"..."}`. An error without
/// public fields is `{}`: its text is lost.
///
/// [1]: https://pkg.go.dev/gopkg.in/errgo.v1#Err
final class GoError {
  private static final int DEEPEST = 12;
  private static final List<String> TEXTS =
      List.of("Message_", "Message", "Msg", "message", "Text");
  private static final List<String> WHERE = List.of("Op", "Net", "Syscall", "URL", "Name", "Path");
  private static final List<String> NESTED =
      List.of("Underlying_", "Underlying", "Err", "Cause_", "Cause", "cause", "msg", "error");

  private GoError() {}

  /// What it says, as its `Error()` would as nearly as can be; empty where nothing of it is left.
  static String text(JsonNode error) {
    return text(error, 0);
  }

  private static String text(JsonNode error, int depth) {
    if (error.isString()) {
      return error.stringValue();
    }
    if (!error.isObject() || depth == DEEPEST) {
      return "";
    }
    String said = first(error, TEXTS);
    String why = "";
    for (String key : NESTED) {
      why = why.isEmpty() ? text(error.path(key), depth + 1) : why;
    }
    if (said.isEmpty()) {
      said = where(error);
    }
    return said.isEmpty() || why.isEmpty() ? said + why : said + ": " + why;
  }

  private static String first(JsonNode error, List<String> keys) {
    for (String key : keys) {
      String text = error.path(key).asString("");
      if (!text.isBlank()) {
        return text;
      }
    }
    return "";
  }

  /// `dial tcp 10.0.0.7:5432`.
  private static String where(JsonNode error) {
    StringBuilder where = new StringBuilder();
    for (String key : WHERE) {
      String text = error.path(key).asString("");
      where.append(where.isEmpty() || text.isBlank() ? "" : " ").append(text);
    }
    JsonNode address = error.path("Addr");
    if (address.path("IP").isString()) {
      where.append(where.isEmpty() ? "" : " ").append(address.path("IP").stringValue());
      where.append(':').append(address.path("Port").asInt(0));
    }
    return where.toString();
  }
}
