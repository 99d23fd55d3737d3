// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What a ``LoopbackServer`` does with one request: serve the file, or one of the things a bad mirror does.
public enum ServerBehaviour: Sendable {
    /// Serves the file, or 404.
    case normal
    /// Answers with a status and a short text.
    case status(Int)
    /// Serves other bytes in the file's place, with status 200.
    case replace([UInt8])
    /// Answers with exactly this.
    case respond(status: Int, headers: [(String, String)], body: [UInt8])
    /// Announces the whole file, sends so many bytes of it and closes the connection.
    case truncate(at: Int)
    /// Serves the file with one bit in its middle flipped.
    case altered
    /// Serves bytes without announcing how many, for as long as the client takes them.
    case endless
    /// Serves the file at a few bytes a second.
    case drip(bytesPerSecond: Int)
    /// Sends so many bytes of the file and resets the connection.
    case reset(after: Int)
    /// Takes the request and closes the connection, as for one that was idle for too long.
    case hangUp
    /// Sends the client elsewhere.
    case redirect(to: String, status: Int = 302)
    /// Behaves so with another file of the folder, by its path in a URL, as if it were the one that was asked for.
    indirect case other(String, then: ServerBehaviour)
    /// Waits, then goes on with another behaviour.
    indirect case delay(Duration, then: ServerBehaviour)
    /// Takes the request and never answers.
    case silence
}
