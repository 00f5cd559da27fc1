package dev.rollcall.server.account.page;

import dev.rollcall.server.account.audit.Audit;
import dev.rollcall.server.account.audit.AuditEntry;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.Site;
import java.util.List;

/// `/audit`: who changed what, for operators.
public final class AuditPages {
  private static final int ROWS = 100;

  private final Audit audit;
  private final Site site;

  public AuditPages(Audit audit, Site site) {
    this.audit = audit;
    this.site = site;
  }

  public List<Route> routes() {
    return List.of(Route.get("/audit", Access.OPERATOR, this::page));
  }

  private Answer page(Request request) {
    long before = request.queryNumber("before").orElse(Long.MAX_VALUE);
    List<AuditEntry> entries = audit.newest(before, ROWS);
    String older = entries.size() == ROWS ? "/audit?before=" + entries.getLast().id() : "";
    return Answer.html(
        200, Html.of(out -> JteauditGenerated.render(out, Html.NONE, site, entries, older)));
  }
}
