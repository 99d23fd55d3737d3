// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import TrustCore

/// What every request goes through before a route is asked, and every answer after: the request's id, who sent it,
/// the log's line, and errors made into problems.
///
/// A `/t/<token>/` in front of the path is taken off, and never logged.
struct ServerResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == ServerContext {
    typealias Context = ServerContext

    let routes: Routes
    let parts: ServerParts

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        var request = request, context = context
        context.requestID = parts.requestID()
        context.logger[metadataKey: "request"] = .string(context.requestID)
        var response: Response
        do {
            let (path, credentials) = try RequestCredentials.take(from: &request)
            context.logger[metadataKey: "path"] = .string(path)
            context.caller = try await caller(credentials, from: context.remoteAddress)
            response = try await routes.respond(to: request, context: context)
        } catch {
            let problem = HTTPProblem(error)
            if problem.status.kind == .serverError {
                context.logger.error("\(request.method.rawValue): \(error)")
            }
            response = problem.response(requestID: context.requestID)
        }
        context.logger.info(
            "\(request.method.rawValue) \(response.status.code)",
            metadata: ["key": .string(context.caller.key.map(String.init) ?? "-")]
        )
        return response
    }

    /// Who shows this, if they do not ask too fast.
    private func caller(_ credentials: Credentials?, from address: String?) async throws -> Caller {
        let now = parts.now()
        if credentials != nil { try parts.limiter.admitKey(from: address, now: now) }
        do {
            let caller = try await parts.access.caller(credentials, now: now)
            try parts.limiter.admit(caller, from: address, now: now)
            return caller
        } catch let refusal as Refusal where refusal.is(AccessCode.unknownKey) {
            parts.limiter.countUnknownKey(from: address, now: now)
            throw refusal
        }
    }
}
