package dev.rollcall.server.account.routes;

import dev.rollcall.server.account.definition.Invitation;
import dev.rollcall.server.account.definition.Team;
import dev.rollcall.server.account.store.InvitationStore;
import dev.rollcall.server.account.store.TeamStore;
import dev.rollcall.server.account.team.TeamChanges;
import dev.rollcall.server.http.Access;
import dev.rollcall.server.http.Answer;
import dev.rollcall.server.http.AnyCase;
import dev.rollcall.server.http.Caller;
import dev.rollcall.server.http.Caller.TeamRole;
import dev.rollcall.server.http.Envelope;
import dev.rollcall.server.http.Refusal;
import dev.rollcall.server.http.Request;
import dev.rollcall.server.http.Route;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// The teams of the account that calls, their members, and invitations.
public final class TeamRoutes {
  private static final int MOST_DAYS = 90;

  private final TeamStore teams;
  private final InvitationStore invitations;
  private final TeamChanges changes;
  private final Supplier<Optional<URI>> publicUrl;

  /// @param publicUrl where browsers find the pages
  public TeamRoutes(
      TeamStore teams,
      InvitationStore invitations,
      TeamChanges changes,
      Supplier<Optional<URI>> publicUrl) {
    this.publicUrl = publicUrl;
    this.teams = teams;
    this.invitations = invitations;
    this.changes = changes;
  }

  public List<Route> routes() {
    return List.of(
        Route.get("/v1/teams", Access.ACCOUNT, this::list),
        Route.post("/v1/teams", Access.ACCOUNT, this::create),
        Route.post("/v1/teams/join", Access.ACCOUNT, this::join),
        Route.get("/v1/teams/{id}", Access.ACCOUNT, this::show),
        Route.patch("/v1/teams/{id}", Access.ACCOUNT, this::rename),
        Route.delete("/v1/teams/{id}", Access.ACCOUNT, this::delete),
        Route.patch("/v1/teams/{id}/members/{account}", Access.ACCOUNT, this::changeMember),
        Route.delete("/v1/teams/{id}/members/{account}", Access.ACCOUNT, this::removeMember),
        Route.get("/v1/invitations", Access.USER, this::invitations),
        Route.post("/v1/invitations", Access.USER, this::invite),
        Route.delete("/v1/invitations/{id}", Access.USER, this::revoke));
  }

  private Answer list(Request request) {
    Caller.User user = AccountRoutes.user(request);
    return TokenRoutes.list(
        "teams",
        teams.of(user.account()),
        (json, team) ->
            json.writeStartObject()
                .writeNumberProperty("id", team.id())
                .writeStringProperty("name", team.name())
                .writeStringProperty("role", Team.ROLES.word(team.role()))
                .writeEndObject());
  }

  private Answer create(Request request) {
    Caller.User user = AccountRoutes.user(request);
    Team team = changes.create(user, AnyCase.of(request.json()).only("name").required("name"));
    return shown(201, team.id()).naming(team.id());
  }

  /// 200 with the team that the account is now a member of.
  private Answer join(Request request) {
    Caller.User user = AccountRoutes.person(request);
    String code = AnyCase.of(request.json()).only("invitation").required("invitation").strip();
    long team = changes.join(user, code).id();
    return shown(200, team).naming(team);
  }

  private Answer show(Request request) {
    long id = request.pathNumber("id");
    changes.role(AccountRoutes.user(request), id);
    return shown(200, id);
  }

  private Answer rename(Request request) {
    long id = request.pathNumber("id");
    changes.rename(
        AccountRoutes.user(request), id, AnyCase.of(request.json()).only("name").required("name"));
    return shown(200, id);
  }

  private Answer delete(Request request) {
    changes.delete(AccountRoutes.person(request), request.pathNumber("id"));
    return Envelope.ok();
  }

  private Answer changeMember(Request request) {
    Caller.User person = AccountRoutes.person(request);
    long id = request.pathNumber("id");
    TeamRole role = role(AnyCase.of(request.json()).only("role"));
    changes.change(person, id, request.pathNumber("account"), role);
    return shown(200, id);
  }

  private Answer removeMember(Request request) {
    changes.remove(
        AccountRoutes.person(request), request.pathNumber("id"), request.pathNumber("account"));
    return Envelope.ok();
  }

  /// The team with its members.
  private Answer shown(int status, long id) {
    Team team =
        teams.find(id).orElseThrow(() -> Refusal.notFound("there is no team " + id + " any more"));
    List<Team.Member> members = teams.members(id);
    return Envelope.of(
        status,
        json -> {
          json.writeStartObject().writeName("team").writeStartObject().writeName("data");
          json.writeStartObject()
              .writeNumberProperty("id", team.id())
              .writeStringProperty("name", team.name())
              .writeNumberProperty("created_at", team.createdAt().getEpochSecond())
              .writeName("members")
              .writeStartArray();
          members.forEach(member -> write(json, member));
          json.writeEndArray().writeEndObject().writeEndObject().writeEndObject();
        });
  }

  private static void write(JsonGenerator json, Team.Member member) {
    json.writeStartObject()
        .writeNumberProperty("account", member.account())
        .writeStringProperty("email", member.email())
        .writeStringProperty("role", Team.ROLES.word(member.role()))
        .writeNumberProperty("since", member.since().getEpochSecond())
        .writeEndObject();
  }

  private static TeamRole role(AnyCase body) {
    return Team.ROLES
        .find(body.required("role"))
        .orElseThrow(() -> Refusal.badRequest("role: give viewer, editor or owner"));
  }

  private Answer invitations(Request request) {
    return TokenRoutes.list(
        "invitations",
        invitations.of(inviting(request)),
        (json, row) -> write(json, row, Optional.empty()));
  }

  /// 201 with the code, and the link if it is known where browsers find the pages. They are not
  /// shown again.
  private Answer invite(Request request) {
    long team = inviting(request);
    AnyCase body = AnyCase.of(request.json()).only("role", "days");
    TeamRole role = team == 0 ? TeamRole.VIEWER : role(body);
    Invitation.Made made =
        changes.invite(request.caller(), team, role, Duration.ofDays(days(body)));
    return Envelope.of(
            201,
            json -> {
              json.writeStartObject().writeName("invitation").writeStartObject().writeName("data");
              write(json, made.invitation(), Optional.of(made.code()));
              json.writeEndObject().writeEndObject();
            })
        .naming(made.invitation().id());
  }

  private static long days(AnyCase body) {
    Optional<JsonNode> days = body.value("days");
    if (days.isEmpty()) {
      return Invitation.USUAL_LIFETIME.toDays();
    }
    if (!days.get().isIntegralNumber()
        || !days.get().canConvertToInt()
        || days.get().intValue() < 1
        || days.get().intValue() > MOST_DAYS) {
      throw Refusal.badRequest("days: give a number from 1 to " + MOST_DAYS);
    }
    return days.get().intValue();
  }

  private Answer revoke(Request request) {
    long id = request.pathNumber("id");
    if (!invitations.revoke(inviting(request), id)) {
      throw Refusal.notFound("there is no invitation " + id);
    }
    return Envelope.ok();
  }

  /// The team to which the caller may invite, with a session: no token can make itself a member; 0
  /// for an operator who invites to register only.
  private static long inviting(Request request) {
    return switch (request.caller()) {
      case Caller.Operator _ -> 0;
      case Caller.User user when user.team().isPresent() -> {
        if (user.team().get().role() != TeamRole.OWNER) {
          throw Refusal.of(403, "only an owner of the team may do this");
        }
        AccountRoutes.person(request);
        yield user.team().get().team();
      }
      case Caller.User user when user.operates() -> 0;
      case Caller.User _ ->
          throw Refusal.of(403, "say to which of your teams: add ?team= and its name or id");
      case Caller _ -> throw Refusal.of(403, "this needs an account");
    };
  }

  private void write(JsonGenerator json, Invitation invitation, Optional<String> code) {
    json.writeStartObject().writeNumberProperty("id", invitation.id());
    code.ifPresent(
        text -> {
          json.writeStringProperty("invitation", text);
          publicUrl
              .get()
              .ifPresent(url -> json.writeStringProperty("url", url + Invitation.path(text)));
        });
    invitation
        .to()
        .ifPresent(
            team ->
                json.writeNumberProperty("team", team.id())
                    .writeStringProperty("role", Team.ROLES.word(team.role())));
    json.writeStringProperty("made_by", invitation.by())
        .writeNumberProperty("created_at", invitation.createdAt().getEpochSecond())
        .writeNumberProperty("ends_at", invitation.endsAt().getEpochSecond())
        .writeEndObject();
  }
}
