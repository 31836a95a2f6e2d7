-- DropIndex
DROP INDEX "subscriptions_once";
