// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Logging
internal import TrustCore

/// Tells a proxy's log and its summary why a channel did not give a newer view.
public struct ProxyReport: Sendable {
    private let logger: Logger
    private let tally: ProxyTally

    /// - Parameters:
    ///   - logger: the proxy's.
    ///   - tally: the proxy's.
    public init(_ logger: Logger, _ tally: ProxyTally) {
        self.logger = logger
        self.tally = tally
    }

    /// Writes a line, with the code of a refusal.
    public func write(_ error: any Error, of channel: ChannelURL) {
        if let refusal = error as? Refusal { tally.gaveNothingNewer(channel.identity, refusal) }
        let code = (error as? Refusal)?.codeName ?? "-"
        logger.warning("\(error)", metadata: ["channel": "\(channel)", "code": "\(code)"])
    }
}
