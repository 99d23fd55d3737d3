// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// How long and how much we put up with from a server, before it counts as not answering.
///
/// The limits on time are availability, not evidence: what exceeds them is a `Failure`, and another mirror is
/// tried. The limit on bytes belongs to the single request, `FetchRequest.maximumLength`.
public struct TransportLimits: Sendable {
    /// Until the connection stands, TLS included.
    public var connect: Duration = .seconds(15)
    /// The longest silence between two reads. A receiver that itself pauses for longer is cut off as well.
    public var idle: Duration = .seconds(30)
    /// The whole transfer, redirects included.
    public var overall: Duration = .seconds(2 * 60 * 60)
    /// The time over which ``minimumBytesPerWindow`` is demanded. Only time spent waiting for the server
    /// counts.
    public var window: Duration = .seconds(30)
    /// Fewer bytes than this in a window is slow retrieval (TUF 1.5.2, slow retrieval attacks): the server is
    /// dropped. Zero demands nothing.
    public var minimumBytesPerWindow: Int = 30 * 1024
    /// How many connections to one host are open at once; more requests than that wait for one to be free.
    public var connectionsPerHost: Int = 48
    /// How many redirects are followed for one request.
    public var redirects: Int = 5
    /// How much of the body of an error answer is read, only to keep the connection.
    public var errorBody: Int = 64 * 1024

    /// The defaults: patient with slow links, not with slow-loris servers.
    public init() {}
}
