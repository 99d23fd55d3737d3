// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation

/// A client of HTTP/1.1 that asks one thing after the other on one connection, reads as slowly as it likes, and may go away
/// at any byte. Its calls block: it belongs on a thread of its own.
final class WireClient {
    struct Request {
        var method = "GET"
        /// A path, or a whole URL.
        let target: String
        var fields: [(String, String)] = []
        /// After how many bytes of the body it goes away; nil for never.
        var leavesAfter: Int?
        /// How long it waits before each piece of 16 KiB.
        var pause: UInt32 = 0
    }

    struct Reply {
        /// Nil if no whole head came.
        var status: Int?
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        var isWhole = false
        var trouble = ""
        var seconds = 0.0

        /// How long the body is to be.
        var announced: Int? { fields["content-length"].flatMap { Int($0) } }
        /// The whole body of a 200.
        var content: [UInt8]? { status == 200 && isWhole ? body : nil }
        /// The text of a refusal.
        var text: String { String(decoding: body.prefix(300), as: UTF8.self) }
    }

    private let port: Int
    private let bound: Double
    private var descriptor: Int32 = -1
    private var buffer: [UInt8] = []
    private var deadline = ContinuousClock.now

    /// - Parameter bound: after how many seconds it gives a request up.
    init(port: Int, bound: Double) {
        self.port = port
        self.bound = bound
    }

    deinit { close() }

    /// Sends a request, and reads its answer.
    func ask(_ request: Request) -> Reply {
        let began = ContinuousClock.now
        deadline = began + .seconds(bound + 5)
        let isOld = descriptor >= 0
        var reply = attempt(request)
        // A connection that was left open may be closed by the time it is used again.
        if isOld, reply.status == nil, reply.trouble == Self.closed { reply = attempt(request) }
        let took = ContinuousClock.now - began
        reply.seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        let mayGoOn = reply.isWhole && reply.fields["connection"]?.lowercased() != "close"
        if !mayGoOn { close() }
        return reply
    }

    private static let closed = "closed before an answer came"

    private func attempt(_ request: Request) -> Reply {
        var reply = Reply()
        if descriptor < 0, !connect() {
            reply.trouble = "no connection"
            return reply
        }
        var text = "\(request.method) \(request.target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        for (name, value) in request.fields { text += "\(name): \(value)\r\n" }
        guard send(Array((text + "\r\n").utf8)) else {
            close()
            reply.trouble = Self.closed
            return reply
        }
        repeat {
            guard let head = readHead(&reply) else {
                if reply.trouble.isEmpty { reply.trouble = Self.closed }
                reply.status = nil
                close()
                return reply
            }
            reply.status = head
        } while (100..<200).contains(reply.status ?? 0)
        readBody(request, &reply)
        return reply
    }

    // MARK: - Reading

    private func readHead(_ reply: inout Reply) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let at = buffer.firstRange(of: end) {
                let lines = String(decoding: buffer[..<at.lowerBound], as: UTF8.self).components(
                    separatedBy: "\r\n"
                )
                buffer.removeFirst(at.upperBound)
                reply.fields = [:]
                for line in lines.dropFirst() {
                    guard let colon = line.firstIndex(of: ":") else { continue }
                    let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                    reply.fields[line[..<colon].lowercased()] = value
                }
                return lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) }
            }
            guard receive(&reply) else { return nil }
        }
    }

    private func readBody(_ request: Request, _ reply: inout Reply) {
        guard request.method != "HEAD", reply.status != 304, reply.status != 204 else {
            reply.isWhole = true
            return
        }
        guard let length = reply.announced else {
            reply.trouble = "an answer without its length"
            return
        }
        while true {
            let count = min(buffer.count, length - reply.body.count)
            reply.body += buffer[..<count]
            buffer.removeFirst(count)
            if let limit = request.leavesAfter, reply.body.count >= limit { return }
            if reply.body.count == length {
                reply.isWhole = true
                return
            }
            if request.pause > 0 { usleep(request.pause) }
            guard receive(&reply) else { return }
        }
    }

    /// Reads some more; false at the end.
    private func receive(_ reply: inout Reply) -> Bool {
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, &piece, piece.count, 0)
            if count > 0 {
                buffer += piece[..<count]
                return true
            }
            if count == 0 { return false }
            // Nothing for a second: the system's own limit of each call.
            guard errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR else {
                reply.trouble = String(cString: strerror(errno))
                return false
            }
        }
        reply.trouble = "given up"
        return false
    }

    // MARK: - Connections

    private func connect() -> Bool {
        buffer = []
        let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard made >= 0 else { return false }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(made, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            Foundation.close(made)
            return false
        }
        descriptor = made
        return true
    }

    private func send(_ bytes: [UInt8]) -> Bool {
        Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    func close() {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
        buffer = []
    }
}
