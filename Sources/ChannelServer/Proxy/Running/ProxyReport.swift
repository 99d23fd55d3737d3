// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
public import Logging
internal import TrustCore

/// Writes into a proxy's log why a channel did not give a newer view: what went on with the last one is told nowhere else.
public struct ProxyReport: Sendable {
    private let logger: Logger

    /// - Parameter logger: the proxy's.
    public init(_ logger: Logger) { self.logger = logger }

    /// Writes a line, with the code of a refusal.
    public func write(_ error: any Error, of channel: ChannelURL) {
        let code = (error as? Refusal)?.codeName ?? "-"
        logger.warning("\(error)", metadata: ["channel": "\(channel)", "code": "\(code)"])
    }
}
