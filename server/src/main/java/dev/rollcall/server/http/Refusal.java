package dev.rollcall.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Ends a request with an error of the caller: a status 4xx with the remedy.
///
/// It has no stack trace, because its place in the server does not matter.
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient List<String> reasons;
  private final transient Optional<String> parameter;
  private final transient Map<String, String> headers;

  private Refusal(
      int status, List<String> reasons, Optional<String> parameter, Map<String, String> headers) {
    super(String.join("; ", reasons), null, false, false);
    this.status = status;
    this.reasons = List.copyOf(reasons);
    this.parameter = parameter;
    this.headers = headers;
  }

  /// Any 4xx status.
  public static Refusal of(int status, String reason) {
    if (status < 400 || status > 499) {
      throw new IllegalArgumentException("status " + status + " is no refusal");
    }
    return new Refusal(status, List.of(reason), Optional.empty(), Map.of());
  }

  /// 401: no credentials, or none that are valid here.
  public static Refusal unauthorized(String reason) {
    return of(401, reason).with("WWW-Authenticate", "Bearer realm=\"rollcall\"");
  }

  /// 400: something in the request is wrong. `reason` names it, with its value and with what it
  /// should be.
  public static Refusal badRequest(String reason) {
    return of(400, reason);
  }

  /// 400: several things are wrong, one line each.
  public static Refusal badRequest(List<String> reasons) {
    return new Refusal(400, reasons, Optional.empty(), Map.of());
  }

  /// 400: a parameter of the query is wrong.
  ///
  /// @param reason the text after the parameter: `is 'x': give a number`
  public static Refusal ofParameter(String parameter, String reason) {
    return new Refusal(
        400, List.of("parameter '" + parameter + "' " + reason), Optional.of(parameter), Map.of());
  }

  /// 404: it does not exist, or belongs to somebody else.
  public static Refusal notFound(String reason) {
    return of(404, reason);
  }

  /// The same refusal with one more header.
  public Refusal with(String header, String value) {
    return new Refusal(status, reasons, parameter, Map.of(header, value));
  }

  /// The status of the answer.
  public int status() {
    return status;
  }

  /// What is wrong, one line each.
  public List<String> reasons() {
    return reasons;
  }

  String reason() {
    String reason = getMessage();
    return reason == null ? "" : reason;
  }

  Answer answer(ErrorShape shape) {
    Answer answer = shape.answer(status, reasons, parameter);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      answer = answer.with(header.getKey(), header.getValue());
    }
    return answer;
  }
}
