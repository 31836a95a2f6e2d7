-- CreateTable
CREATE TABLE "calendars" (
    "id" SERIAL NOT NULL,
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "services" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "creation_date" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "calendars_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "calendars_hash_key" ON "calendars"("hash");

-- CreateIndex
CREATE INDEX "calendars_account_id_idx" ON "calendars"("account_id");

-- AddForeignKey
ALTER TABLE "calendars" ADD CONSTRAINT "calendars_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Only the SHA-256 of the secret, in hexadecimal, is ever here.
ALTER TABLE "calendars"
  ADD CONSTRAINT "calendars_hash" CHECK ("hash" ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT "calendars_named" CHECK ("name" <> '');
