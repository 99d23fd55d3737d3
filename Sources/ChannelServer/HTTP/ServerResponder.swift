// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import TrustCore

/// What every request goes through before a route is asked, and every answer after: the request's id, how many its address
/// sent, who sent it, the log's line, and errors made into problems.
///
/// A `/t/<token>/` in front of the path is taken off, and never logged.
struct ServerResponder<Routes: HTTPResponder>: HTTPResponder where Routes.Context == ServerContext {
    typealias Context = ServerContext

    let routes: Routes
    let parts: ServerParts

    func respond(to request: Request, context: ServerContext) async throws -> Response {
        let began = NIODeadline.now()
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
                context.logger.error("\(Self.name(request.method)): \(error)")
            }
            response = problem.response(requestID: context.requestID)
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        // Whoever asks by HEAD would take a body for the beginning of the next answer.
        if request.method == .head { response = response.createHeadResponse() }
        report(request, response, context, NIODeadline.now() - began)
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

    private func report(
        _ request: Request,
        _ response: Response,
        _ context: ServerContext,
        _ duration: TimeAmount
    ) {
        let method = Self.name(request.method), status = "\(response.status.code)"
        context.logger.info(
            "\(method) \(status)",
            metadata: [
                "key": .string(context.caller.key.map(String.init) ?? "-"),
                "address": .string(context.remoteAddress ?? "-"),
                "ms": .string("\(duration.nanoseconds / 1_000_000)"),
            ]
        )
        let length = response.headers[.contentLength].flatMap { Double($0) } ?? 0
        let isWithBody = request.method != .head && response.status != .notModified
        parts.metrics.answered(
            method,
            status,
            bytes: isWithBody ? length : 0,
            seconds: Double(duration.nanoseconds) / 1e9
        )
    }

    /// A method of HTTP's; what else a client calls its requests is nobody's word in a log.
    private static func name(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .delete, .patch, .options: method.rawValue
        default: "OTHER"
        }
    }
}

extension ServerMetrics {
    fileprivate func answered(_ method: String, _ status: String, bytes: Double, seconds: Double) {
        add("kingsnake_http_requests_total", ["method": method, "status": status])
        add("kingsnake_http_answer_bytes_total", [:], bytes)
        time("kingsnake_http_request_seconds", seconds: seconds)
    }
}
