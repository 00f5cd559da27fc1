package dev.rollcall.server.account.routes;

import dev.rollcall.server.account.signin.PasswordReset;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.util.List;

/// Another password for who has forgotten theirs.
public record ResetRoutes(PasswordReset reset) {
  public List<Route> routes() {
    return List.of(
        Route.post("/v1/account/reset", Access.PUBLIC, this::ask),
        Route.post("/v1/account/reset/password", Access.PUBLIC, this::change));
  }

  /// 202 for `{"email"}`.
  private Answer ask(Request request) {
    AccountRoutes.refuseOtherSites(request);
    reset.ask(request, AnyCase.of(request.json()).required("email"));
    return Answer.empty(202);
  }

  /// 200 for `{"code","new_password"}`.
  private Answer change(Request request) throws InterruptedException {
    AccountRoutes.refuseOtherSites(request);
    AnyCase body = AnyCase.of(request.json()).having("code", "new_password");
    reset.change(request, body.required("code").strip(), body.required("new_password"));
    return Envelope.ok();
  }
}
