// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
import Gatekeeper
import Transport
import TrustCore

extension RootPin {
    /// Gets a root the way the user chose: from a file, by its digest, or the first that the channel shows.
    static func obtain(
        for channel: ChannelURL,
        file: String?,
        digest: String?,
        mirrors: [ChannelURL],
        console: Console
    ) async throws -> RootPin {
        if let file {
            guard let bytes = try DurableFile.read(file, maximumLength: sizeLimit) else {
                throw Failure(.disk, "there is no such file", at: file)
            }
            return try RootPin(file: bytes)
        }
        let wanted = try digest.map { text in
            guard let digest = Digest(.sha256, hex: text) else {
                throw Failure(.configuration, "`\(text)` is not a SHA-256: 64 hexadecimal digits")
            }
            return digest
        }
        let display = TransferDisplay(console)
        let fetcher = URLFetcher(observer: display)
        do {
            let pin = try await fetch(
                channel,
                expecting: wanted,
                from: mirrors,
                over: fetcher,
                observer: display
            )
            await fetcher.shutdown()
            return pin
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }
}
