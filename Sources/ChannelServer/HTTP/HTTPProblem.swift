// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1
internal import TrustCore

/// An error as a response: problem details (RFC 9457), whose `detail` is one line that clients show people.
///
/// A refusal tells what was refused and why. A failure tells nothing of the server's insides: those are in its log,
/// under the request's id.
struct HTTPProblem: Sendable {
    let status: HTTPResponse.Status
    let code: String?
    let title: String
    let detail: String
    let remedy: String?
    /// What the refusal is about, and what was expected and found, for programs.
    private var particulars: [(name: String, value: String)] = []
    /// After how many seconds the sender may try again; nil where that is not known.
    private(set) var retryAfter: Int64?

    /// What an error is answered with.
    init(_ error: any Error) {
        switch error {
        case let refusal as Refusal:
            self.init(
                status: (refusal.code as? any HTTPRefusalCode)?.httpStatus ?? .unprocessableContent,
                code: refusal.codeName,
                title: refusal.code.entry.summary,
                detail: refusal.description,
                remedy: refusal.remedy
            )
            let all = [
                ("subject", refusal.subject), ("expected", refusal.expected), ("found", refusal.found),
            ]
            particulars = all.compactMap { name, value in value.map { (name, $0) } }
        case let limited as RequestsTooFast:
            self.init(limited.refusal)
            retryAfter = limited.seconds
        case is HTTPParserError:
            // The connection ends with it: where the next request begins is not known.
            self.init(Refusal(ServerCode.requestMalformed, "the body", expected: "chunks as HTTP has them"))
        case let error as any HTTPResponseError:
            self.init(status: error.status, detail: "the request was not understood")
        default:
            self.init(status: .serviceUnavailable, detail: "the server could not do it now; try again later")
        }
    }

    /// An answer without a refusal.
    init(status: HTTPResponse.Status, detail: String) {
        self.init(status: status, code: nil, title: status.reasonPhrase, detail: detail, remedy: nil)
    }

    private init(status: HTTPResponse.Status, code: String?, title: String, detail: String, remedy: String?) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.remedy = remedy
    }

    /// The response.
    ///
    /// - Parameter requestID: what the server's log calls the request.
    func response(requestID: String) -> Response {
        // Clients of publishers show the first 512 characters of it, so what helps comes first.
        var body = JSONObject()
        body["detail"] = .string(Self.cut(detail))
        body["code"] = code.map { .string($0) }
        body["remedy"] = remedy.map { .string($0) }
        body["status"] = .number(JSONNumber(Int64(status.code)))
        body["title"] = .string(title)
        body["type"] = .string(code.map { "urn:kingsnake:refusal:\($0)" } ?? "about:blank")
        body["request_id"] = .string(requestID)
        for (name, value) in particulars { body[name] = .string(value) }
        var headers: HTTPFields = [
            .contentType: "application/problem+json", .cacheControl: "no-store",
        ]
        if let retryAfter = retryAfter ?? (status == .serviceUnavailable ? 2 : nil) {
            headers[.retryAfter] = String(max(1, retryAfter))
        }
        if status == .methodNotAllowed { headers[.allow] = "GET, HEAD, POST, PUT, DELETE" }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer, Basic realm=\"channels\"" }
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.encode(.object(body))))
        )
    }

    /// The longest `detail`, in bytes.
    private static let maximumDetail = 320

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumDetail else { return text }
        return String(decoding: text.utf8.prefix(maximumDetail), as: UTF8.self) + "…"
    }
}
