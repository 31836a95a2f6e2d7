-- AlterTable
ALTER TABLE "comments" ADD COLUMN     "edited" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "slack_channel" TEXT,
ADD COLUMN     "slack_edited_ts" TEXT,
ADD COLUMN     "slack_ts" TEXT;

-- CreateTable
CREATE TABLE "homes" (
    "account_id" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "rendered" TEXT,

    CONSTRAINT "homes_pkey" PRIMARY KEY ("account_id","person_id")
);

-- CreateIndex
CREATE INDEX "homes_account_id_opened_at_idx" ON "homes"("account_id", "opened_at");

-- CreateIndex
CREATE UNIQUE INDEX "comments_account_id_slack_channel_slack_ts_key" ON "comments"("account_id", "slack_channel", "slack_ts");

-- AddForeignKey
ALTER TABLE "homes" ADD CONSTRAINT "homes_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.

ALTER TABLE "comments" ADD CONSTRAINT "comments_slack" CHECK (("slack_channel" IS NULL) = ("slack_ts" IS NULL)
    AND ("slack_edited_ts" IS NULL OR "slack_ts" IS NOT NULL));
