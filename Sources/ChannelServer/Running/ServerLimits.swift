// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What keeps single clients from using all of a server.
public struct ServerLimits: Sendable, Equatable {
    /// How many connections there may be; further ones wait.
    public var connections = 4096
    /// How long all fields of a request may be together, in bytes.
    public var headerBytes = 32 << 10
    /// How many fields a request may have.
    public var headerFields = 100
    /// How long a connection may go without a whole head of a request, in seconds: also between two requests.
    public var idleSeconds = 60
    /// How long a client may not take or not send anything in the middle of an answer or an upload, in
    /// seconds.
    public var stallSeconds = 60
    /// How many bytes a second an upload has to bring, measured over `stallSeconds`.
    public var uploadBytesPerSecond = 512
    /// How many requests a second one address may send for long; 0 for any number. Requests of this machine
    /// are not counted: a proxy in front of the server counts better.
    public var requestsPerSecond = 200
    /// How many requests one address may send at once.
    public var requestBurst = 4000
    /// How many requests a second one key may send for long; 0 for any number.
    public var keyRequestsPerSecond = 1_000
    /// How many requests one key may send at once.
    public var keyRequestBurst = 20_000
    /// How many bytes of the disk uploads leave free, so that what is there can be indexed, signed and served; 0 for none.
    public var diskReserveBytes = 1 << 30
    /// How long answers that are being sent may take to end when the server is told to stop, in seconds.
    public var drainSeconds = 30

    /// The defaults.
    public init() {}

    private static let names:
        [(String, any WritableKeyPath<ServerLimits, Int> & Sendable, ClosedRange<Int64>)] = [
            ("connections", \.connections, 1...1_000_000),
            ("header_bytes", \.headerBytes, 1024...(1 << 20)),
            ("header_fields", \.headerFields, 10...10_000),
            ("idle_seconds", \.idleSeconds, 1...3600),
            ("stall_seconds", \.stallSeconds, 1...3600),
            ("upload_bytes_per_second", \.uploadBytesPerSecond, 0...1_000_000_000),
            ("requests_per_second", \.requestsPerSecond, 0...1_000_000),
            ("request_burst", \.requestBurst, 1...10_000_000),
            ("drain_seconds", \.drainSeconds, 0...3600),
            ("key_requests_per_second", \.keyRequestsPerSecond, 0...1_000_000),
            ("key_request_burst", \.keyRequestBurst, 1...10_000_000),
            ("disk_reserve_bytes", \.diskReserveBytes, 0...(1 << 50)),
        ]

    /// Takes what a settings file says.
    mutating func read(_ fields: JSONFields) throws {
        try ServerSettings.demandKnown(fields, Set(Self.names.map { $0.0 }))
        for (name, path, range) in Self.names {
            guard let value = try fields.optionalInteger(name) else { continue }
            guard range.contains(value) else {
                throw fields.wrong(name, "\(range.lowerBound) to \(range.upperBound)")
            }
            self[keyPath: path] = Int(value)
        }
    }
}

extension ServerLimits {
    /// How fast callers may ask: what is said here for addresses and keys, and what is usual for wrong keys.
    var rates: RequestAllowances {
        var rates = RequestAllowances.standard
        rates.address =
            requestsPerSecond > 0
            ? RequestAllowance(burst: Double(requestBurst), perSecond: Double(requestsPerSecond)) : nil
        rates.key =
            keyRequestsPerSecond > 0
            ? RequestAllowance(burst: Double(keyRequestBurst), perSecond: Double(keyRequestsPerSecond)) : nil
        return rates
    }
}
